"""What plans ask for and Jenkins cannot do, each with the way round."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mlci import __version__
from mlci.findings import Finding, Severity, suggest
from mlci.planning.plan import Job, Plan
from mlci.vendors.jenkins.render import agents, conditions, library, overrides
from mlci.vendors.jenkins.render.agents import ID
from mlci.vendors.jenkins.render.layout import Ancestors, layout
from mlci.yaml.document import Key

OFFICIAL = re.compile(r"(?:docker\.io/)?(?:library/)?python:(3\.[0-9]+)(?:[.-].*)?(?:@.*)?")
"""Images that are the Python they are named for."""


def limits(plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield each limit once, at its place in mlci.yaml."""
    found = (one for plan in plans for one in of_plan(plan))
    yield from dict.fromkeys(found)


def of_plan(plan: Plan) -> Iterator[Finding]:
    """Yield the limits one workflow meets."""
    name = plan.workflow.name
    for waiting, other in layout(plan).coarse:
        said = f"on Jenkins '{waiting}' of '{name}' waits for '{other}', too: parallel stages do not nest"
        help = "nothing, if the longer wait does no harm; else make the branches plain sequences"
        yield finding(plan, ("workflows", name, "stages"), said, "jenkins-needs", help, key=True)
    if conditions.asks_paths(plan):
        said = (
            f"Jenkins compares '{name}' with the branch's last build: what changed before is not seen again"
        )
        help = (
            "a first build, and one started by hand, runs all; what is up to date is restored from the store"
        )
        yield finding(plan, ("workflows", name), said, "jenkins-paths", help, "info", key=True)
    if plan.workflow.concurrency is not None and plan.workflow.concurrency.cancel:
        said = f"Jenkins ends older builds of '{name}' only on the same branch"
        help = "leave `cancel` out to let all builds of the group wait for each other"
        yield finding(plan, ("workflows", name, "concurrency"), said, "jenkins-concurrency", help, "info")
    yield from other_library(plan)
    for where, given in (
        (("overrides",), plan.pipeline.overrides),
        (("workflows", name, "overrides"), plan.workflow.overrides),
    ):
        yield from unknown(plan, (*where, ID), given.get(ID, {}), overrides.OF_PIPELINE)
    for job in plan.jobs:
        for check in CHECKS:
            yield from check(plan, job)


def other_library(plan: Plan) -> Iterator[Finding]:
    """Yield a shared library of another release, whose steps may take something else."""
    loaded = library.source_of(plan.pipeline)
    if loaded is not None and loaded.version != __version__:
        said = f"Jenkins loads mlci's library of {loaded.version}, and mlci {__version__} writes its calls"
        help = f"use mlci=={__version__}, or let mlci {loaded.version} render the file"
        yield finding(plan, ("mlci",), said, "jenkins-library-version", help)


def finding(
    plan: Plan,
    path: Sequence[Key],
    said: str,
    rule: str,
    help: str | None,
    severity: Severity = "warning",
    *,
    key: bool = False,
) -> Finding:
    """Make a finding at a place of mlci.yaml."""
    return Finding(plan.pipeline.mark(*path, key=key), said, rule, severity, help)


def unknown(
    plan: Plan, path: Sequence[Key], given: Mapping[str, Any], known: Sequence[str]
) -> Iterator[Finding]:
    """Yield the keys of a free mapping that have no place in a Jenkinsfile."""
    for name in given:
        if name not in known:
            said = f"a Jenkinsfile of mlci has no place for '{name}' here; expected one of {', '.join(known)}"
            yield finding(
                plan, (*path, name), said, "jenkins-override", suggest(name, known), "error", key=True
            )


def place_of_runner(plan: Plan, job: Job) -> tuple[str, ...]:
    """Return where a job's runner is written."""
    named = job.stage.runner
    if named is None:
        return ("runners", "default")
    return ("runners", named) if isinstance(named, str) else ("stages", job.stage.name, "runner")


def runner(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield what a runner asks for, once for all that run on it."""
    at, given, agent = place_of_runner(plan, job), job.runner, agents.agent_of(job)
    who = f"{at[0].removesuffix('s')} '{at[1]}'"
    yield from unknown(plan, (*at, ID), given.others.get(ID, {}), agents.KEYS)
    if given.gpu and not agent.label:
        said = f"Jenkins gives {who} any agent: it must have a GPU"
        help = "name the agents that have one: `jenkins: {label: gpu}`"
        yield finding(plan, at, said, "jenkins-gpu", help)
    if (given.cpus or given.memory) and not agent.image:
        said = f"Jenkins cannot choose an agent by cores and memory: {who} takes what its label gives"
        help = "label agents by their size, or name an image, whose container is held to it"
        yield finding(plan, at, said, "jenkins-size", help)
    if given.image and not agent.image:
        said = f"'{job.id}' uses Docker itself, so it runs on the agent, not in the image {given.image}"
        help = f"let the agents have {agent.python}, and run the image in the stage's command"
        yield finding(plan, ("stages", job.stage.name, "services"), said, "jenkins-image", help, key=True)


def python(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield a Python that the image of the runner does not have."""
    found = OFFICIAL.fullmatch(job.runner.image or "")
    for one in job.instances():
        if found and agents.agent_of(one).image and not f"{one.python}.".startswith(f"{found[1]}."):
            said = f"'{one.id}' asks for Python {one.python}, but runs in the image {job.runner.image}"
            help = "give the stage a runner without an image; Jenkins then takes the image of its Python"
            at = ("stages", job.stage.name, "python") if job.stage.python else ("stages", job.stage.name)
            yield finding(plan, at, said, "jenkins-python", help, key=not job.stage.python)


def environment(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield a deployment environment."""
    if job.stage.environment and job.id not in Ancestors(plan).approved(plan):
        said = f"Jenkins has no environments: nobody is asked before '{job.stage.name}' deploys"
        help = "put `{approve: …}` before it; credentials of a folder are only for the jobs in that folder"
        yield finding(plan, ("stages", job.stage.name, "environment"), said, "jenkins-environment", help)


def never(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield a job whose conditions exclude each other."""
    if not conditions.cases(conditions.possible(plan), job.conditions):
        said = f"'{job.id}' of workflow '{plan.workflow.name}' can never run on Jenkins"
        help = "no kind of build meets all its conditions; a tag's build has no branch, and the reverse"
        yield finding(plan, ("stages", job.stage.name), said, "jenkins-never", help, key=True)


def group(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield a stage's group that ends older runs."""
    if job.stage.concurrency is not None and job.stage.concurrency.cancel:
        said = f"Jenkins cannot end an older run of a stage: '{job.stage.name}' waits for it"
        help = "give the workflow the group, which ends older builds of its branch"
        yield finding(plan, ("stages", job.stage.name, "concurrency"), said, "jenkins-concurrency", help)


def cache(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield caches outside the workspace."""
    for index, one in enumerate(job.stage.cache):
        for path in one.paths:
            if path.startswith(("~", "/")):
                said = f"Jenkins keeps only folders of the workspace: '{path}' of '{job.stage.name}' is lost"
                help = "let the command use a folder of the repository, by a variable such as XDG_CACHE_HOME"
                at = ("stages", job.stage.name, "cache", index)
                yield finding(plan, at, said, "jenkins-cache", help)


def session(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield a session's length, which AWS's own tools take from no variable."""
    if job.stage.aws is not None and job.stage.aws.duration != 3600:
        said = f"on Jenkins '{job.stage.name}' has its role for an hour, whatever `duration` says"
        help = "set the role's maximum session duration at AWS"
        yield finding(plan, ("stages", job.stage.name, "aws"), said, "jenkins-oidc", help, "info", key=True)


def own(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield a stage's overrides that have no place."""
    at = ("stages", job.stage.name, "overrides", ID)
    given = job.stage.overrides.get(ID, {})
    yield from unknown(plan, at, given, overrides.OF_STAGE)
    yield from unknown(plan, (*at, "agent"), given.get("agent", {}), overrides.AGENT)


CHECKS: tuple[Callable[[Plan, Job], Iterator[Finding]], ...] = (
    runner,
    python,
    environment,
    never,
    group,
    cache,
    session,
    own,
)
