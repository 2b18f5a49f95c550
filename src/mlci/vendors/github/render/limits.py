"""What a pipeline asks for and GitHub Actions cannot do, and the way round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mlci import __version__
from mlci.findings import Severity
from mlci.language.model import Pipeline
from mlci.planning.limits import RUNNER, STAGE, WORKFLOW, Limit, Limits, Of, Words, unknown
from mlci.planning.plan import Job, Plan
from mlci.release import REPOSITORY, Source, source
from mlci.vendors.github.render import runners
from mlci.vendors.github.render.own_actions import STYLE
from mlci.vendors.github.render.triggers import scheduled_branch

HOURS = 6
"""How long a job may take on GitHub's own machines."""
CPUS, MEMORY = 4, 16
"""What a standard machine has at most: cores, GB."""
OTHER_LABELS = "say which machine has {}: `github: {{{{labels: [{}]}}}}`"
ENV = "the variables '{other}' and '{name}' differ in case alone, which does not count there"


class Filtered(NamedTuple):
    """A list of patterns of a trigger."""

    feature: str
    event: str
    kind: str

    def asked(self, plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
        """Yield the patterns that mean something else there."""
        patterns = getattr(getattr(plan.workflow.on, self.event), self.kind, ())
        yield from ({"at": at, "pattern": pattern} for at, pattern in enumerate(patterns) if "?" in pattern)

    def limit(self) -> Limit[Sequence[Plan]]:
        message = "'?' in a filter means something else there, so '{pattern}' cannot be said"
        where = (*WORKFLOW, "on", self.event, self.kind, "{at}")
        return Limit(self.feature, where, self.asked, message, "write * instead", "error")


def several(plan: Plan, plans: Sequence[Plan]) -> bool:
    on = plan.workflow.on
    return bool(on.schedule) and (len(on.branches) > 1 or any(each in scheduled_branch(on) for each in "*?"))


def tagged_requests(plan: Plan, plans: Sequence[Plan]) -> bool:
    return plan.workflow.on.pull_request is not None and bool(plan.workflow.on.pull_request.tags)


def inputs(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    """Yield inputs whose text GitHub would take for an expression."""
    manual = plan.workflow.on.manual
    for name, given in manual.inputs.items() if manual else ():
        if any("${{" in text for text in (given.description, given.default, *given.options)):
            yield {"name": name}


def twins(env: Mapping[str, str]) -> Iterator[Words]:
    """Yield variables whose names differ in nothing but case, which GitHub takes for one."""
    first: dict[str, str] = {}
    for name in env:
        if (other := first.setdefault(name.lower(), name)) != name:
            yield {"name": name, "other": other}


def twin_names(where: tuple[str, ...], asked: Callable[[Plan, Of], Iterable[Words]]) -> Limit[Of]:
    """Make the row of such variables at one place."""
    return Limit("", (*where, "{name}"), asked, ENV, "rename one of them", "error", rule="env")


def style(
    judged: Callable[[Source | None], bool], message: str, help: str, severity: Severity = "warning"
) -> Limit[Sequence[Plan]]:
    """Make the row of what is wrong with where mlci's own actions are had from."""

    def asked(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
        given = plan.pipeline
        found = source(given.mlci)
        if STYLE in given.style and judged(found):
            yield {
                "mlci": given.mlci,
                "place": "mlci" if given.mlci else "style",
                "pin": pin(given),
                "found": found,
            }

    return Limit("", ("{place}",), asked, message, help, severity, rule="style")


def pin(pipeline: Pipeline) -> str:
    found = source(pipeline.mlci)
    return f"`mlci: git+https://github.com/{found.repository if found else REPOSITORY}@COMMIT`"


def large(plan: Plan, job: Job) -> Iterator[Words]:
    """Yield what a runner asks for beyond GitHub's standard machines."""
    if not runners.own(job.runner) and job.runner.larger(CPUS, MEMORY):
        yield {"key": "cpus" if (job.runner.cpus or 0) > CPUS else "memory"}


WORKFLOWS: tuple[Limit[Sequence[Plan]], ...] = (
    style(
        lambda found: found is None,
        "mlci's actions are had from its repository, and '{mlci}' names no state of it",
        f"write {{pin}} or `mlci: mlci=={__version__}`, or leave `actions` out of `style`",
        "error",
    ),
    style(
        lambda found: found is not None and not found.pinned,
        "jobs use mlci's actions at the tag {found.ref}, which can be moved to other code",
        "pin the tag's commit: {pin}",
    ),
    style(
        lambda found: found is not None and found.version != __version__,
        f"the actions of mlci {{found.version}} may take other inputs than mlci {__version__} writes",
        f"run `mlci generate` of {{found.version}}, or write `mlci: mlci=={__version__}`",
    ),
    Limit(
        "schedule",
        (*WORKFLOW, "on", "branches"),
        several,
        "a scheduled workflow checks out one branch, which must be named in full",
        "give each branch a workflow of its own, with the branch's full name",
        "error",
    ),
    *(
        Filtered(event if kind == "branches" else kind, event, kind).limit()
        for event in ("push", "pull_request")
        for kind in ("branches", "tags", "paths")
    ),
    Limit(
        "pull_request",
        (*WORKFLOW, "on", "pull_request", "tags"),
        tagged_requests,
        "a pull request has no tag, so `tags` never holds",
        "take it out",
        "error",
    ),
    Limit(
        "manual-inputs",
        (*WORKFLOW, "on", "manual", "inputs", "{name}"),
        inputs,
        "the input '{name}' holds '${{{{', which is not allowed in an input",
        "write it another way; the stage's own text may hold it",
        "error",
    ),
    twin_names(("env",), lambda plan, plans: twins(plan.pipeline.env)),
    twin_names((*WORKFLOW, "env"), lambda plan, plans: twins(plan.workflow.env)),
)
JOBS: tuple[Limit[Job], ...] = (
    Limit(
        "self-hosted",
        (*RUNNER, "github", "{name}"),
        lambda plan, job: unknown(runners.own(job.runner), runners.KEYS, "take it out"),
        "a runner has no key '{name}' for it; expected one of {known}",
        "{help}",
        "error",
    ),
    Limit(
        "gpu",
        (*RUNNER, "gpu"),
        lambda plan, job: job.runner.gpu > 0 and not runners.own(job.runner),
        "its standard machines have no GPU, and stage '{stage}' asks for one",
        OTHER_LABELS.format("one", "self-hosted, gpu"),
        "error",
    ),
    Limit(
        "self-hosted",
        (*RUNNER, "{key}"),
        large,
        f"its standard machines have at most {CPUS} cores and {MEMORY} GB of memory",
        OTHER_LABELS.format("more", "my-larger-machine"),
    ),
    Limit(
        "python",
        (*STAGE, "{asks_python}"),
        lambda plan, job: runners.container(job) is not None and bool(job.asks_python),
        "stage '{stage}' runs in the image {image}, whose own Python is used",
        "give the stage a runner without an image, or with the image of that version",
    ),
    Limit(
        "docker",
        (*STAGE, "runner"),
        lambda plan, job: job.needs_engine and bool(job.runner.image) and job.stage.runner is not None,
        "stage '{stage}' asks for a Docker engine, so it runs on the machine, not in its image",
        "take the image out, or run the image with docker in the stage",
    ),
    Limit(
        "services",
        (*STAGE, "services"),
        lambda plan, job: (
            bool(job.beside) and runners.container(job) is None and not runners.hosted(job.runner)
        ),
        "services on a machine of your own are reached at localhost, not by their names",
        "give the runner an image",
    ),
    twin_names((*STAGE, "env"), lambda plan, job: twins(job.stage.env)),
    Limit(
        "timeout",
        (*STAGE, "timeout"),
        lambda plan, job: job.longest > HOURS * 3600 and runners.hosted(job.runner),
        f"a job on GitHub's machines ends after {HOURS} hours",
        "give the stage a runner of your own: `github: {{labels: [self-hosted]}}`",
    ),
    Limit(
        "cache",
        (*STAGE, "cache"),
        lambda plan, job: bool(job.stage.cache) and plan.released,
        "workflow '{workflow}' starts on tags, so its jobs take nothing from a cache",
        "a pull request's run may have filled the cache; give tags a workflow of their own",
    ),
    Limit(
        "matrix",
        (*STAGE, "matrix"),
        lambda plan, job: job.stage.matrix is not None and len(list(job.stage.matrix.combinations())) > 256,
        "a matrix has at most 256 jobs",
        "split the stage in two",
        "error",
    ),
)
limits = Limits("github", WORKFLOWS, JOBS, "GitHub Actions: ")
