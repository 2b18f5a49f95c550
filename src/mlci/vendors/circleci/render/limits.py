"""What a pipeline asks for and CircleCI cannot do, and the way round."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from mlci.findings import Finding, Severity, suggest
from mlci.language.model import Pipeline, Runner
from mlci.planning.plan import Job, Plan
from mlci.planning.selection import questions
from mlci.vendors.circleci.render import executors, orb
from mlci.vendors.circleci.render.conditions import parameter
from mlci.vendors.circleci.render.jobs import axis_name

HOURS = 5
"""How long a job may take on CircleCI's own machines."""
USE_KEYS = (
    *("name", "requires", "context", "filters", "type", "matrix", "workflow"),
    *("serial-group", "pre-steps", "post-steps", "override-with"),
)
"""Names that mean something else where a job is used, so no axis may have them."""
CHECKSUM = re.compile(r"[^\"{}\\]*[^\"{}\\/]")
"""A file that a cache key may name."""


def limits(plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield what these plans ask for and CircleCI cannot do."""
    seen: set[Finding] = set()
    for found in (*every(plans), *(each for plan in plans for each in of_plan(plan))):
        if found not in seen:
            seen.add(found)
            yield found


def say(
    pipeline: Pipeline,
    path: Sequence[Any],
    feature: str,
    message: str,
    help: str,
    severity: Severity = "error",
) -> Finding:
    """Make a finding about one feature at a place of mlci.yaml."""
    return Finding(pipeline.mark(*path), f"CircleCI: {message}", f"circleci-{feature}", severity, help)


def every(plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield what several workflows together cannot have, as they share one file's parameters."""
    yield from of_inputs(plans)
    yield from of_answers(plans)
    if plans:
        yield from of_style(plans[0].pipeline)


def of_inputs(plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield inputs that would share a parameter though they differ."""
    kept: dict[str, tuple[str, Any]] = {}
    for plan in plans:
        manual = plan.workflow.on.manual
        for name, given in manual.inputs.items() if manual else ():
            path = ("workflows", plan.workflow.name, "on", "manual", "inputs", name)
            first, same = kept.setdefault(name.lower(), (plan.workflow.name, given))
            if same != given:
                message = (
                    f"the input '{name}' is another one in workflow '{first}', and all share one parameter"
                )
                yield say(
                    plan.pipeline, path, "manual-inputs", message, "rename one of them, or make them equal"
                )
            if name.lower() == "workflow":
                message = "an input cannot be called 'workflow': that parameter says which one to start"
                yield say(plan.pipeline, path, "manual-inputs", message, "rename it")


def of_answers(plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield conditions that would share a parameter."""
    asked = [(plan, parameter(plan.workflow.name, each.name)) for plan in plans for each in questions(plan)]
    shared = Counter(name for _, name in asked)
    for plan, name in asked:
        if shared[name] > 1:
            message = f"two conditions would share the parameter '{name}'"
            path = ("workflows", plan.workflow.name)
            yield say(plan.pipeline, path, "condition", message, "rename the workflow or the job")


def of_style(pipeline: Pipeline) -> Iterator[Finding]:
    """Yield that there is no orb of a pipeline's version of mlci."""
    version = orb.version(pipeline)
    if orb.asked(pipeline) and not orb.VERSION.fullmatch(version):
        message = f"an orb's version has three numbers, so there is no orb of mlci {version}"
        yield say(pipeline, ("mlci",), "style", message, "pin another release, or use `style: steps`")


def of_plan(plan: Plan) -> Iterator[Finding]:
    """Yield the limits of one workflow and its jobs."""
    yield from of_workflow(plan)
    for node in plan.nodes:
        if node.id.startswith("_"):
            path: tuple[Any, ...] = ("workflows", plan.workflow.name, "stages")
            message = f"the name of a job starts with a letter, not as '{node.id}' does"
            yield say(plan.pipeline, path, "names", message, "rename it")
    for job in plan.jobs:
        yield from of_job(plan.pipeline, job)


def of_workflow(plan: Plan) -> Iterator[Finding]:
    """Yield the limits of triggers and concurrency."""
    pipeline, on, path = plan.pipeline, plan.workflow.on, ("workflows", plan.workflow.name)
    yield from of_pull_request(plan, (*path, "on", "pull_request"))
    if on.schedule:
        message = (
            f"schedules are set in the project; until then workflow '{plan.workflow.name}' starts at no time"
        )
        help = "Project Settings → Triggers; `mlci doctor` says what to set"
        yield say(pipeline, (*path, "on", "schedule"), "schedule", message, help, "warning")
    if plan.workflow.concurrency is not None and plan.workflow.concurrency.cancel:
        message = "whether a newer run ends an older one is a setting of the project"
        help = "Project Settings → Advanced → Auto-cancel redundant workflows"
        yield say(pipeline, (*path, "concurrency", "cancel"), "concurrency-cancel", message, help, "warning")


def of_pull_request(plan: Plan, path: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what is not known of a pull request: CircleCI sees a push to its branch."""
    push, pull = plan.workflow.on.push, plan.workflow.on.pull_request
    if pull is None:
        return
    if push is not None and not push.branches:
        message = "a push to a pull request's branch cannot be told from any other, so it counts as a push"
        help = "name the branches whose pushes are meant: `push: {branches: [main]}`"
    elif pull.branches:
        message = (
            "a pull request is known by a push to its branch, not by its target: all but the default branch"
        )
        help = "no way round: CircleCI's variables hold no target for every kind of project"
        path = (*path, "branches")
    else:
        message = (
            "a pull request is known by a push to its branch: any branch but the default one starts this"
        )
        help = "Project Settings → Advanced → Only build pull requests"
    yield say(plan.pipeline, path, "pull_request", message, help, "warning")


def of_job(pipeline: Pipeline, job: Job) -> Iterator[Finding]:
    stage, path = job.stage, ("stages", job.stage.name)
    yield from of_runner(pipeline, job)
    yield from of_machine(pipeline, job)
    limit = (stage.timeout or 0) * (stage.retries + 1)
    if limit > HOURS * 3600 and executors.executor(job, job.python).machine is not True:
        message = f"a job on CircleCI's machines ends after {HOURS} hours, on the free plan after one"
        help = "give the stage a runner of your own: `circleci: {resource_class: NAMESPACE/NAME}`"
        yield say(pipeline, (*path, "timeout"), "timeout", message, help, "warning")
    if stage.concurrency is not None and stage.concurrency.cancel:
        message = "a newer run cannot end one job of an older one"
        yield say(
            pipeline,
            (*path, "concurrency", "cancel"),
            "concurrency-cancel",
            message,
            "let it wait",
            "warning",
        )
    for axis in stage.matrix.axes if stage.matrix else ():
        if axis_name(axis) in USE_KEYS:
            message = (
                f"an axis cannot be called '{axis}': where a job is used, that word means something else"
            )
            yield say(pipeline, (*path, "matrix", axis), "matrix", message, "rename the axis")
    for at, cache in enumerate(stage.cache):
        for index, file in enumerate(cache.key):
            if not CHECKSUM.fullmatch(file):
                message = f"a cache key can name a plain file only, not '{file}'"
                yield say(pipeline, (*path, "cache", at, "key", index), "cache", message, "name a file")


def of_runner(pipeline: Pipeline, job: Job) -> Iterator[Finding]:
    """Yield what a runner asks for and no resource class has."""
    runner, place = job.runner, runner_path(pipeline, job)
    own = executors.own(runner)
    for name in own:
        if name not in executors.KEYS:
            message = f"a runner has no key '{name}' for it; expected one of {', '.join(executors.KEYS)}"
            help = suggest(name, executors.KEYS) or "take it out"
            yield say(pipeline, (*place, "circleci", name), "self-hosted", message, help)
    if own:
        return
    sizes = executors.MACHINES if job.needs_engine else executors.CONTAINERS
    largest = sizes[-1]
    if (runner.cpus or 0) > largest.cpus or runner.gigabytes > largest.memory:
        message = f"its largest class has {largest.cpus} cores and {largest.memory:g} GB of memory"
        help = "use a runner of your own: `circleci: {resource_class: NAMESPACE/NAME}`"
        yield say(pipeline, place, "self-hosted", message, help)
    if runner.gpu > executors.GPUS[-1][0]:
        message = f"its machines have at most {executors.GPUS[-1][0]} GPUs"
        help = "use a runner of your own: `circleci: {resource_class: NAMESPACE/NAME}`"
        yield say(pipeline, (*place, "gpu"), "gpu", message, help)


def of_machine(pipeline: Pipeline, job: Job) -> Iterator[Finding]:
    """Yield what a whole machine lacks, and what an image takes away."""
    stage, path = job.stage, ("stages", job.stage.name)
    machine = executors.executor(job, job.python).machine
    if machine and job.beside:
        message = f"containers run beside an image only, and stage '{stage.name}' runs on a machine"
        help = "start them in the stage with docker, or give it a runner with an image"
        yield say(pipeline, (*path, "services"), "services", message, help)
    if machine and job.runner.image and stage.runner is not None:
        message = f"stage '{stage.name}' runs on a machine, not in the image {job.runner.image}"
        yield say(
            pipeline, (*path, "runner"), "image", message, "run the image with docker in the stage", "warning"
        )
    asked = stage.python or (stage.matrix and "python" in stage.matrix.axes)
    if asked and job.runner.image and not machine:
        key = ("python",) if stage.python else ("matrix", "python")
        message = f"stage '{stage.name}' runs in the image {job.runner.image}, whose own Python is used"
        help = "give the stage a runner without an image, or with the image of that version"
        yield say(pipeline, (*path, *key), "python", message, help, "warning")


def runner_path(pipeline: Pipeline, job: Job) -> tuple[Any, ...]:
    if isinstance(job.stage.runner, Runner):
        return ("stages", job.stage.name, "runner")
    return ("runners", job.stage.runner or "default")
