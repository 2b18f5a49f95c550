"""What a pipeline asks for and CircleCI cannot do, and the way round."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from mlci.language.model import Filter
from mlci.planning.limits import RUNNER, STAGE, WORKFLOW, Limit, Limits, Words, unknown
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
PULL_REQUEST, INPUT = (*WORKFLOW, "on", "pull_request"), (*WORKFLOW, "on", "manual", "inputs", "{name}")
OWN_RUNNER = "use a runner of your own: `circleci: {{resource_class: NAMESPACE/NAME}}`"


def inputs(plan: Plan) -> Iterator[Words]:
    manual = plan.workflow.on.manual
    for name, given in manual.inputs.items() if manual else ():
        yield {"name": name, "parameter": name.lower(), "given": given}


def unequal(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    """Yield inputs that would share a parameter though they differ."""
    kept: dict[str, tuple[Plan, Words]] = {}
    for each in plans:
        for one in inputs(each):
            first, same = kept.setdefault(one["parameter"], (each, one))
            if each is plan and same["given"] != one["given"]:
                yield {**one, "first": first.workflow.name}


def asked_twice(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    """Yield conditions that would share a parameter."""
    every = {
        each.workflow.name: [parameter(each.workflow.name, asked.name) for asked in questions(each)]
        for each in plans
    }
    shared = Counter(name for names in every.values() for name in names)
    yield from ({"name": name} for name in every[plan.workflow.name] if shared[name] > 1)


def no_orb(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    version = orb.version(plan.pipeline)
    if orb.asked(plan.pipeline) and not orb.VERSION.fullmatch(version):
        yield {"version": version}


def counts_as_push(push: Filter | None) -> bool:
    return push is not None and not push.branches


def by_target(plan: Plan) -> bool:
    pull = plan.workflow.on.pull_request
    return pull is not None and bool(pull.branches)


def own_axes(plan: Plan, job: Job) -> Iterator[Words]:
    axes = job.stage.matrix.axes if job.stage.matrix else ()
    yield from ({"axis": axis} for axis in axes if axis_name(axis) in USE_KEYS)


def no_files(plan: Plan, job: Job) -> Iterator[Words]:
    """Yield what keys of caches name and is no plain file."""
    for at, cache in enumerate(job.stage.cache):
        for index, file in enumerate(cache.key):
            if not CHECKSUM.fullmatch(file):
                yield {"at": at, "index": index, "file": file}


def large(plan: Plan, job: Job) -> Iterator[Words]:
    largest = (executors.MACHINES if job.needs_engine else executors.CONTAINERS)[-1]
    if not executors.own(job.runner) and job.runner.larger(largest.cpus, largest.memory):
        yield {"largest": largest}


def on_machine(job: Job) -> bool:
    return bool(executors.executor(job, job.python).machine)


WORKFLOWS: tuple[Limit[Sequence[Plan]], ...] = (
    Limit(
        "manual-inputs",
        INPUT,
        unequal,
        "the input '{name}' is another one in workflow '{first}', and all share one parameter",
        "rename one of them, or make them equal",
        "error",
    ),
    Limit(
        "manual-inputs",
        INPUT,
        lambda plan, plans: (one for one in inputs(plan) if one["parameter"] == "workflow"),
        "an input cannot be called 'workflow': that parameter says which one to start",
        "rename it",
        "error",
    ),
    Limit(
        "condition",
        WORKFLOW,
        asked_twice,
        "two conditions would share the parameter '{name}'",
        "rename the workflow or the job",
        "error",
    ),
    Limit(
        "",
        ("mlci",),
        no_orb,
        "an orb's version has three numbers, so there is no orb of mlci {version}",
        "pin another release, or use `style: steps`",
        "error",
        rule="style",
    ),
    Limit(
        "pull_request",
        PULL_REQUEST,
        lambda plan, plans: (
            plan.workflow.on.pull_request is not None and counts_as_push(plan.workflow.on.push)
        ),
        "a push to a pull request's branch cannot be told from any other, so it counts as a push",
        "name the branches whose pushes are meant: `push: {{branches: [main]}}`",
    ),
    Limit(
        "pull_request",
        (*PULL_REQUEST, "branches"),
        lambda plan, plans: by_target(plan) and not counts_as_push(plan.workflow.on.push),
        "a pull request is known by a push to its branch, not by its target: all but the default branch",
        "no way round: CircleCI's variables hold no target for every kind of project",
    ),
    Limit(
        "pull_request",
        PULL_REQUEST,
        lambda plan, plans: (
            plan.workflow.on.pull_request is not None
            and not counts_as_push(plan.workflow.on.push)
            and not by_target(plan)
        ),
        "a pull request is known by a push to its branch: any branch but the default one starts this",
        "Project Settings → Advanced → Only build pull requests",
    ),
    Limit(
        "schedule",
        (*WORKFLOW, "on", "schedule"),
        lambda plan, plans: bool(plan.workflow.on.schedule),
        "schedules are set in the project; until then workflow '{workflow}' starts at no time",
        "Project Settings → Triggers; `mlci doctor` says what to set",
    ),
    Limit(
        "concurrency-cancel",
        (*WORKFLOW, "concurrency", "cancel"),
        lambda plan, plans: plan.workflow.concurrency is not None and plan.workflow.concurrency.cancel,
        "whether a newer run ends an older one is a setting of the project",
        "Project Settings → Advanced → Auto-cancel redundant workflows",
    ),
    Limit(
        "",
        (*WORKFLOW, "stages"),
        lambda plan, plans: ({"name": node.id} for node in plan.nodes if node.id.startswith("_")),
        "the name of a job starts with a letter, not as '{name}' does",
        "rename it",
        "error",
        rule="names",
    ),
)
JOBS: tuple[Limit[Job], ...] = (
    Limit(
        "self-hosted",
        (*RUNNER, "circleci", "{name}"),
        lambda plan, job: unknown(executors.own(job.runner), executors.KEYS, "take it out"),
        "a runner has no key '{name}' for it; expected one of {known}",
        "{help}",
        "error",
    ),
    Limit(
        "self-hosted",
        RUNNER,
        large,
        "its largest class has {largest.cpus} cores and {largest.memory:g} GB of memory",
        OWN_RUNNER,
        "error",
    ),
    Limit(
        "gpu",
        (*RUNNER, "gpu"),
        lambda plan, job: not executors.own(job.runner) and job.runner.gpu > executors.GPUS[-1][0],
        f"its machines have at most {executors.GPUS[-1][0]} GPUs",
        OWN_RUNNER,
        "error",
    ),
    Limit(
        "services",
        (*STAGE, "services"),
        lambda plan, job: bool(job.beside) and on_machine(job),
        "containers run beside an image only, and stage '{stage}' runs on a machine",
        "start them in the stage with docker, or give it a runner with an image",
        "error",
    ),
    Limit(
        "image",
        (*STAGE, "runner"),
        lambda plan, job: bool(job.runner.image) and job.stage.runner is not None and on_machine(job),
        "stage '{stage}' runs on a machine, not in the image {image}",
        "run the image with docker in the stage",
    ),
    Limit(
        "python",
        (*STAGE, "{asks_python}"),
        lambda plan, job: bool(job.asks_python and job.runner.image) and not on_machine(job),
        "stage '{stage}' runs in the image {image}, whose own Python is used",
        "give the stage a runner without an image, or with the image of that version",
    ),
    Limit(
        "timeout",
        (*STAGE, "timeout"),
        lambda plan, job: (
            job.longest > HOURS * 3600 and executors.executor(job, job.python).machine is not True
        ),
        f"a job on CircleCI's machines ends after {HOURS} hours, on the free plan after one",
        "give the stage a runner of your own: `circleci: {{resource_class: NAMESPACE/NAME}}`",
    ),
    Limit(
        "concurrency-cancel",
        (*STAGE, "concurrency", "cancel"),
        lambda plan, job: job.stage.concurrency is not None and job.stage.concurrency.cancel,
        "a newer run cannot end one job of an older one",
        "let it wait",
    ),
    Limit(
        "matrix",
        (*STAGE, "matrix", "{axis}"),
        own_axes,
        "an axis cannot be called '{axis}': where a job is used, that word means something else",
        "rename the axis",
        "error",
    ),
    Limit(
        "cache",
        (*STAGE, "cache", "{at}", "key", "{index}"),
        no_files,
        "a cache key can name a plain file only, not '{file}'",
        "name a file",
        "error",
    ),
)
limits = Limits("circleci", WORKFLOWS, JOBS, "CircleCI: ")
