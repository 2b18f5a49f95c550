"""Jenkins pipelines as jobs: one a stage, in the order they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from mlci.findings import Mark
from mlci.lint.gpu_labels import names_gpu
from mlci.lint.jobs import Job, Means, Script, Text, Variable, View
from mlci.vendors.jenkins.rules.images import all_images
from mlci.vendors.jenkins.rules.places import fixed
from mlci.vendors.jenkins.rules.secrets import add_secrets, pasted
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Argument, Call, Expression, text_of, walk
from mlci.vendors.jenkins.syntax.model import Holder, Jenkinsfile, Pipeline, Stage, Step
from mlci.vendors.jenkins.syntax.shell import ShellScript, shell_scripts
from mlci.yaml.source import SourceFile

T = TypeVar("T")
DIALECTS = {"sh": "sh", "bat": "cmd", "powershell": "powershell", "pwsh": "pwsh"}
MEANS = Means(
    gate="an 'input' before it",
    lock="options { disableConcurrentBuilds() }",
)


def build(file: SourceFile) -> View:
    """Build the view of a declarative pipeline; what stands outside of stages belongs to a job of its own."""
    tree = file.once(tree_of)
    view = View()
    stages = [stage for pipeline in tree.pipelines for stage in pipeline.all_stages()]
    scripts, rest = shared_out([(one.call.start, one) for one in shell_scripts(tree)], stages)
    images, others = shared_out(list(all_images(tree)), stages)
    for pipeline in tree.pipelines:
        add_pipeline(tree, view, pipeline, scripts, images)
    if rest or others:
        limited = any(isinstance(node, Call) and node.name == "timeout" for node in tree.nodes)
        job = Job("pipeline", Mark(tree.name), timeout=limited or not is_scripted(tree), one_shell=False)
        job.scripts = [script(tree, one) for one in rest]
        job.images = others
        view.jobs.append(job)
    for one in view.jobs:
        one.self_hosted = True
    add_secrets(tree, view)
    view.pasted = list(pasted(tree))
    return view


def is_scripted(tree: Jenkinsfile) -> bool:
    """Tell whether a file is a pipeline of stages without sections."""
    return any(isinstance(node, Call) and node.name == "node" and node.target is None for node in tree.nodes)


def shared_out(found: list[tuple[int, T]], stages: list[Stage]) -> tuple[dict[int, list[T]], list[T]]:
    """Return what was found at offsets by where the innermost stage around it begins, and what is in none."""
    mine: dict[int, list[T]] = {}
    rest: list[T] = []
    waiting = sorted(((stage.call.start, stage.call.end) for stage in stages), reverse=True)
    around: list[tuple[int, int]] = []
    for at, one in sorted(found, key=lambda one: one[0]):
        while waiting and waiting[-1][0] <= at:
            around.append(waiting.pop())
        while around and around[-1][1] <= at:
            around.pop()
        (mine.setdefault(around[-1][0], []) if around else rest).append(one)
    return mine, rest


def add_pipeline(
    tree: Jenkinsfile,
    view: View,
    pipeline: Pipeline,
    scripts: dict[int, list[ShellScript]],
    images: dict[int, list[Text]],
) -> None:
    view.env += variables(tree, pipeline)
    for trigger in pipeline.triggers:
        if trigger.name == "cron":
            view.schedules.append(tree.mark(trigger.call))
            view.triggers |= {"schedule"}
    serial = any(option.name == "disableConcurrentBuilds" for option in pipeline.options)
    limited = any(option.name == "timeout" for option in pipeline.options)
    gated = False
    jobs = []
    for stage in pipeline.all_stages():
        jobs.append(job(tree, stage, pipeline, scripts.get(stage.call.start, [])))
        jobs[-1].images = images.get(stage.call.start, [])
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
    for step in steps:
        yield step
        yield from nested(step.steps)


def agent_label(argument: Expression | None, settings: dict[str, Expression]) -> str:
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
            found.append(Variable(one.name, Text(value, fixed(tree.mark(one.value)))))
    return found


def script(tree: Jenkinsfile, one: ShellScript) -> Script:
    """Make a script; what Groovy pastes in is one word."""
    text = one.masked()

    def mark(start: int, length: int) -> Mark:
        place = one.mark(tree, text.count("\n", 0, start) + 1)
        return place._replace(length=max(1, min(length, place.length)))

    return Script(Text(text, mark), DIALECTS[one.language])
