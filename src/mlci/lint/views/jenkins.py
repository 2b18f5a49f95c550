"""Jenkins pipelines as jobs: one a stage, in the order they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlci.findings import Mark
from mlci.lint.groovy.tree import Expression, text_of
from mlci.lint.jenkins.model import Holder, Jenkinsfile, Pipeline, Stage, Step
from mlci.lint.jenkins.pack import tree_of
from mlci.lint.jenkins.shell import ShellScript, shell_scripts
from mlci.lint.jobs import Job, Script, Text, Variable, View
from mlci.lint.rule import LintFile
from mlci.lint.views.gpu import names_gpu

DIALECTS = {"sh": "sh", "bat": "cmd", "powershell": "powershell", "pwsh": "pwsh"}


def build(file: LintFile) -> View:
    """Build the view of a declarative pipeline; scripts outside of stages belong to a job of their own."""
    tree = file.once(tree_of)
    view = View()
    scripts = list(shell_scripts(tree))
    for pipeline in tree.pipelines:
        add_pipeline(tree, view, pipeline, scripts)
    if scripts:
        rest = Job("pipeline", Mark(tree.name), timeout=True, one_shell=False)
        rest.scripts = [script(tree, one) for one in scripts]
        view.jobs.append(rest)
    return view


def add_pipeline(tree: Jenkinsfile, view: View, pipeline: Pipeline, scripts: list[ShellScript]) -> None:
    """Add the stages of a pipeline; each takes its scripts out of those of the file."""
    view.env += variables(tree, pipeline)
    for trigger in pipeline.triggers:
        if trigger.name == "cron":
            view.schedules.append(tree.mark(trigger.call))
            view.triggers |= {"schedule"}
    serial = any(option.name == "disableConcurrentBuilds" for option in pipeline.options)
    limited = any(option.name == "timeout" for option in pipeline.options)
    before: list[str] = []
    gated = False
    # The innermost stage of each script comes last in the file's order.
    for stage in reversed(list(pipeline.all_stages())):
        view.jobs.append(job(tree, stage, pipeline, scripts))
    for built in sorted(view.jobs, key=lambda one: one.place):
        gated = gated or built.gated
        built.gated = gated
        built.timeout = built.timeout or limited
        built.concurrency = built.concurrency or serial
        built.needs = list(before)
        before = [*before, built.name]
    view.jobs.sort(key=lambda one: one.place)


def job(tree: Jenkinsfile, stage: Stage, pipeline: Pipeline, scripts: list[ShellScript]) -> Job:
    """Build the job of one stage."""
    built = Job(stage.name or "stage", tree.mark(stage.call))
    mine = [one for one in scripts if stage.call.start <= one.call.start < stage.call.end]
    scripts[:] = [one for one in scripts if one not in mine]
    built.scripts = [script(tree, one) for one in mine]
    built.env = variables(tree, stage)
    steps = list(nested(stage.steps))
    names = {option.name for option in stage.options} | {step.name for step in steps}
    built.timeout = "timeout" in names
    built.concurrency = "lock" in names
    built.gated = stage.input is not None or "input" in names
    built.artifacts = [text for step in steps for text in paths(tree, step)]
    agent = stage.agent or pipeline.agent
    label = agent_label(agent.argument if agent else None, dict(agent.settings) if agent else {})
    built.gpu = True if names_gpu(label) else None
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
    """Return the paths a step keeps or hands on."""
    key = {"archiveArtifacts": "artifacts", "stash": "includes"}.get(step.name)
    value = step.argument(key, None if key == "includes" else 0) if key else None
    text = text_of(value) if value is not None else None
    return [Text(text, fixed(tree.mark(value)))] if text and value is not None else []


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
