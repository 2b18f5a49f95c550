"""What plans ask for and Jenkins cannot do, each with the way round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from mlci import __version__
from mlci.planning.ancestors import Ancestors
from mlci.planning.limits import RUNNER, STAGE, WORKFLOW, Limit, Limits, Of, Words, unknown
from mlci.planning.plan import Job, Plan
from mlci.vendors.jenkins.render import agents, conditions, library, overrides
from mlci.vendors.jenkins.render.agents import ID, agent_of
from mlci.vendors.jenkins.render.layout import layout

NO_PLACE = "a Jenkinsfile of mlci has no place for '{name}' here; expected one of {known}"
PATHS = "Jenkins compares '{workflow}' with the branch's last build: what changed before is not seen again"
ALL_RUN = "a first build, and one started by hand, runs all; what is up to date is restored from the store"
OTHER_PYTHON = "'{job}' asks for Python {python}, but runs in the image {image}"
IMAGE_OF_PYTHON = "give the stage a runner without an image; Jenkins then takes the image of its Python"


def other_library(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    """Yield a shared library of another release, whose steps may take something else."""
    loaded = library.source_of(plan.pipeline)
    if loaded is not None and loaded.version != __version__:
        yield {"version": loaded.version}


def other_python(job: Job) -> Iterator[Words]:
    for one in job.instances():
        if job.runner.official and agent_of(one).image and not job.runner.has_python(one.python):
            yield {"job": one.id, "python": one.python}


def lost(plan: Plan, job: Job) -> Iterator[Words]:
    """Yield caches outside the workspace."""
    for at, one in enumerate(job.stage.cache):
        yield from ({"at": at, "path": path} for path in one.paths if path.startswith(("~", "/")))


def no_place(where: tuple[str, ...], asked: Callable[[Plan, Of], Iterable[Words]]) -> Limit[Of]:
    """Make the row of a free mapping's keys that have no place in a Jenkinsfile."""
    return Limit("", (*where, "{name}"), asked, NO_PLACE, "{help}", "error", key=True, rule="override")


WORKFLOWS: tuple[Limit[Sequence[Plan]], ...] = (
    Limit(
        "needs",
        (*WORKFLOW, "stages"),
        lambda plan, plans: ({"job": job, "other": other} for job, other in layout(plan).coarse),
        "on Jenkins '{job}' of '{workflow}' waits for '{other}', too: parallel stages do not nest",
        "nothing, if the longer wait does no harm; else make the branches plain sequences",
        key=True,
    ),
    Limit("paths", WORKFLOW, lambda plan, plans: plan.asks_paths, PATHS, ALL_RUN, "info", key=True),
    Limit(
        "condition-paths",
        WORKFLOW,
        lambda plan, plans: not plan.asks_paths and conditions.asks_paths(plan),
        PATHS,
        ALL_RUN,
        "info",
        key=True,
        rule="paths",
    ),
    Limit(
        "concurrency-cancel",
        (*WORKFLOW, "concurrency"),
        lambda plan, plans: plan.workflow.concurrency is not None and plan.workflow.concurrency.cancel,
        "Jenkins ends older builds of '{workflow}' only on the same branch",
        "leave `cancel` out to let all builds of the group wait for each other",
        "info",
        rule="concurrency",
    ),
    Limit(
        "",
        ("mlci",),
        other_library,
        f"Jenkins loads mlci's library of {{version}}, and mlci {__version__} writes its calls",
        f"use mlci=={__version__}, or let mlci {{version}} render the file",
        rule="library-version",
    ),
    no_place(
        ("overrides", ID),
        lambda plan, plans: unknown(plan.pipeline.overrides.get(ID, {}), overrides.OF_PIPELINE),
    ),
    no_place(
        (*WORKFLOW, "overrides", ID),
        lambda plan, plans: unknown(plan.workflow.overrides.get(ID, {}), overrides.OF_PIPELINE),
    ),
)
JOBS: tuple[Limit[Job], ...] = (
    no_place(
        (*RUNNER, ID),
        lambda plan, job: unknown(job.runner.own(ID), agents.KEYS),
    ),
    Limit(
        "gpu",
        RUNNER,
        lambda plan, job: job.runner.gpu > 0 and not agent_of(job).label,
        "Jenkins gives {who} any agent: it must have a GPU",
        "name the agents that have one: `jenkins: {{label: gpu}}`",
    ),
    Limit(
        "self-hosted",
        RUNNER,
        lambda plan, job: bool(job.runner.cpus or job.runner.memory) and not agent_of(job).image,
        "Jenkins cannot choose an agent by cores and memory: {who} takes what its label gives",
        "label agents by their size, or name an image, whose container is held to it",
        rule="size",
    ),
    Limit(
        "image",
        (*STAGE, "services"),
        lambda plan, job: (
            [{"interpreter": agent_of(job).python}] if job.runner.image and not agent_of(job).image else []
        ),
        "'{job}' uses Docker itself, so it runs on the agent, not in the image {image}",
        "let the agents have {interpreter}, and run the image in the stage's command",
        key=True,
    ),
    Limit(
        "python",
        (*STAGE, "python"),
        lambda plan, job: other_python(job) if job.stage.python else (),
        OTHER_PYTHON,
        IMAGE_OF_PYTHON,
    ),
    Limit(
        "python",
        STAGE,
        lambda plan, job: () if job.stage.python else other_python(job),
        OTHER_PYTHON,
        IMAGE_OF_PYTHON,
        key=True,
    ),
    Limit(
        "environment",
        (*STAGE, "environment"),
        lambda plan, job: bool(job.stage.environment) and not Ancestors(plan).approvals_before(job.id),
        "Jenkins has no environments: nobody is asked before '{stage}' deploys",
        "put `{{approve: …}}` before it; credentials of a folder are only for the jobs in that folder",
    ),
    Limit(
        "condition",
        STAGE,
        lambda plan, job: not conditions.cases(conditions.possible(plan), job.conditions),
        "'{job}' of workflow '{workflow}' can never run on Jenkins",
        "no kind of build meets all its conditions; a tag's build has no branch, and the reverse",
        key=True,
        rule="never",
    ),
    Limit(
        "concurrency-cancel",
        (*STAGE, "concurrency"),
        lambda plan, job: job.stage.concurrency is not None and job.stage.concurrency.cancel,
        "Jenkins cannot end an older run of a stage: '{stage}' waits for it",
        "give the workflow the group, which ends older builds of its branch",
        rule="concurrency",
    ),
    Limit(
        "cache",
        (*STAGE, "cache", "{at}"),
        lost,
        "Jenkins keeps only folders of the workspace: '{path}' of '{stage}' is lost",
        "let the command use a folder of the repository, by a variable such as XDG_CACHE_HOME",
    ),
    Limit(
        "oidc",
        (*STAGE, "aws"),
        lambda plan, job: job.stage.aws is not None and job.stage.aws.duration != 3600,
        "on Jenkins '{stage}' has its role for an hour, whatever `duration` says",
        "set the role's maximum session duration at AWS",
        "info",
        key=True,
    ),
    no_place(
        (*STAGE, "overrides", ID),
        lambda plan, job: unknown(job.stage.overrides.get(ID, {}), overrides.OF_STAGE),
    ),
    no_place(
        (*STAGE, "overrides", ID, "agent"),
        lambda plan, job: unknown(job.stage.overrides.get(ID, {}).get("agent", {}), overrides.AGENT),
    ),
)
limits = Limits(ID, WORKFLOWS, JOBS)
