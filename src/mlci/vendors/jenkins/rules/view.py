"""Jenkins pipelines as jobs: one a stage, in the order they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlci.findings import Mark
from mlci.lint.gpu_labels import names_gpu
from mlci.lint.jobs import Job, Script, Text, Variable, View
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Argument, Call, Expression, text_of, walk
from mlci.vendors.jenkins.syntax.model import Holder, Jenkinsfile, Pipeline, Stage, Step
from mlci.vendors.jenkins.syntax.shell import ShellScript, shell_scripts
from mlci.yaml.source import SourceFile

DIALECTS = {"sh": "sh", "bat": "cmd", "powershell": "powershell", "pwsh": "pwsh"}


def build(file: SourceFile) -> View:
    """Build the view of a declarative pipeline; scripts outside of stages belong to a job of their own."""
    tree = file.once(tree_of)
    view = View()
    stages = [(stage, pipeline) for pipeline in tree.pipelines for stage in pipeline.all_stages()]
    mine, rest = shared_out(list(shell_scripts(tree)), [stage for stage, _ in stages])
    for pipeline in tree.pipelines:
        add_pipeline(tree, view, pipeline, mine)
    if rest:
        limited = any(isinstance(node, Call) and node.name == "timeout" for node in tree.nodes)
        job = Job("pipeline", Mark(tree.name), timeout=limited or not is_scripted(tree), one_shell=False)
        job.scripts = [script(tree, one) for one in rest]
        view.jobs.append(job)
    return view


def is_scripted(tree: Jenkinsfile) -> bool:
    """Tell whether a file is a pipeline of stages without sections."""
    return any(isinstance(node, Call) and node.name == "node" and node.target is None for node in tree.nodes)


def shared_out(
    scripts: list[ShellScript], stages: list[Stage]
) -> tuple[dict[int, list[ShellScript]], list[ShellScript]]:
    """Return the scripts by where the innermost stage around them begins, and those outside of stages."""
    mine: dict[int, list[ShellScript]] = {}
    rest: list[ShellScript] = []
    waiting = sorted(((stage.call.start, stage.call.end) for stage in stages), reverse=True)
    around: list[tuple[int, int]] = []
    for one in sorted(scripts, key=lambda one: one.call.start):
        at = one.call.start
        while waiting and waiting[-1][0] <= at:
            around.append(waiting.pop())
        while around and around[-1][1] <= at:
            around.pop()
        (mine.setdefault(around[-1][0], []) if around else rest).append(one)
    return mine, rest


def add_pipeline(
    tree: Jenkinsfile, view: View, pipeline: Pipeline, scripts: dict[int, list[ShellScript]]
) -> None:
    """Add the stages of a pipeline, each with its scripts."""
    view.env += variables(tree, pipeline)
    for trigger in pipeline.triggers:
        if trigger.name == "cron":
            view.schedules.append(tree.mark(trigger.call))
            view.triggers |= {"schedule"}
    serial = any(option.name == "disableConcurrentBuilds" for option in pipeline.options)
    limited = any(option.name == "timeout" for option in pipeline.options)
    gated = False
    jobs = [job(tree, stage, pipeline, scripts.get(stage.call.start, [])) for stage in pipeline.all_stages()]
    for built in sorted(jobs, key=lambda one: one.place):
        gated = gated or built.gated
        built.gated = gated
        built.timeout = built.timeout or limited
        built.concurrency = built.concurrency or serial
        view.jobs.append(built)


def job(tree: Jenkinsfile, stage: Stage, pipeline: Pipeline, scripts: list[ShellScript]) -> Job:
    """Build the job of one stage."""
    built = Job(stage.name or "stage", tree.mark(stage.call))
    built.scripts = [script(tree, one) for one in scripts]
    built.env = variables(tree, stage)
    steps = list(nested(stage.steps))
    names = {option.name for option in stage.options} | {step.name for step in steps}
    built.timeout = "timeout" in names
    built.concurrency = "lock" in names
    built.gated = stage.input is not None or "input" in names
    built.artifacts = [text for step in steps for text in paths(tree, step)]
    built.caches = [text for step in steps for text in caches(tree, step)]
    agent = stage.agent or pipeline.agent
    settings = dict(agent.settings) if agent else {}
    label = agent_label(agent.argument if agent else None, settings)
    built.gpu = True if names_gpu(label) else None
    options = settings.get("args")
    if options is not None and (text := text_of(options)):
        built.options = [Text(text, fixed(tree.mark(options)))]
    return built


def nested(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield steps and those inside them."""
    for step in steps:
        yield step
        yield from nested(step.steps)


def agent_label(argument: Expression | None, settings: dict[str, Expression]) -> str:
    """Return what tells an agent's machine."""
    values = [argument, settings.get("label"), settings.get("args")]
    return " ".join(text for value in values if value is not None and (text := text_of(value)))


def paths(tree: Jenkinsfile, step: Step) -> list[Text]:
    """Return the paths a step keeps or hands on; `stash` without a pattern takes all."""
    if step.name == "archiveArtifacts":
        value = step.argument("artifacts", 0)
    elif step.name == "stash":
        value = step.argument("includes", None)
        if value is None:
            return [Text("**", fixed(tree.mark(step.call)))]
    else:
        return []
    text = text_of(value) if value is not None else None
    return [Text(text, fixed(tree.mark(value)))] if text and value is not None else []


def caches(tree: Jenkinsfile, step: Step) -> list[Text]:
    """Return the paths that the step `cache` of Job Cacher keeps."""
    value = step.argument("caches", None) if step.name == "cache" else None
    if value is None:
        return []
    found = []
    for node in walk(value):
        if isinstance(node, Argument) and node.key == "path" and (text := text_of(node.value)):
            found.append(Text(text, fixed(tree.mark(node.value))))
    return found


def variables(tree: Jenkinsfile, holder: Holder) -> list[Variable]:
    """Return the variables a block sets to constants."""
    found = []
    for one in holder.environment:
        value = text_of(one.value)
        if value is not None:
            found.append(Variable(one.name, Text(value, fixed(tree.mark(one.node)))))
    return found


def script(tree: Jenkinsfile, one: ShellScript) -> Script:
    """Make a script; what Groovy pastes in is one word."""
    text = one.masked()

    def mark(start: int, length: int) -> Mark:
        place = one.mark(tree, text.count("\n", 0, start) + 1)
        return place._replace(length=max(1, min(length, place.length)))

    return Script(Text(text, mark), DIALECTS[one.language])


def fixed(place: Mark) -> Callable[[int, int], Mark]:
    """Return one place for every part of a text."""
    return lambda start, length: place
