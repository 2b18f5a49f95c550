"""What must be set at Jenkins before the first push."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlci.engine.secrets import CHANNELS
from mlci.planning.plan import Job, Plan
from mlci.planning.settings import once
from mlci.planning.vendor import Setting
from mlci.vendors.jenkins.render import agents, conditions, library
from mlci.vendors.jenkins.render.files import path_of

PLUGINS = "Manage Jenkins → Plugins"
CREDENTIALS = "Manage Jenkins → Credentials → Secret text"
NODES = "Manage Jenkins → Nodes"
LIBRARIES = "Manage Jenkins → System → Global Trusted Pipeline Libraries"
ALWAYS = {
    "workflow-aggregator": "declarative pipelines",
    "timestamper": "times in the log",
    "junit": "test reports",
}


def settings(plans: Sequence[Plan]) -> Iterator[Setting]:
    yield from once(every(plans), every_reason=True)


def every(plans: Sequence[Plan]) -> Iterator[Setting]:
    for index, plan in enumerate(plans):
        where = f"New Item → Multibranch Pipeline → Script Path: {path_of(index, plan)}"
        yield Setting("setting", f"job {plan.workflow.name}", where, f"runs workflow {plan.workflow.name}")
    for plugin, why in ALWAYS.items():
        yield Setting("plugin", plugin, PLUGINS, why)
    for plan in plans:
        yield from of_library(plan)
        yield from of_workflow(plan)
        for job in plan.jobs:
            yield from of_job(plan, job)


def of_library(plan: Plan) -> Iterator[Setting]:
    """Yield what the style of the shared library needs."""
    loaded = library.source_of(plan.pipeline)
    if loaded is None:
        return
    why = f"workflow {plan.workflow.name}"
    yield Setting("plugin", "pipeline-groovy-lib", PLUGINS, f"the shared library of {why}")
    yield Setting("plugin", "git", PLUGINS, f"the shared library of {why}")
    where = (
        f"{LIBRARIES} → Add: Name {library.NAME}, Default version {loaded.ref}, Allow default version to be "
        f"overridden, Modern SCM, Git, https://github.com/{loaded.repository}, Library Path {library.FOLDER}"
    )
    yield Setting("setting", f"library {library.NAME}", where, f"the steps of {why}")


def of_workflow(plan: Plan) -> Iterator[Setting]:
    """Yield what a workflow needs as a whole."""
    why = f"workflow {plan.workflow.name}"
    group = plan.workflow.concurrency
    if group is not None and not group.cancel:
        yield Setting("plugin", "lockable-resources", PLUGINS, f"concurrency of {why}")
    for channel in plan.channels:
        yield Setting("credential", CHANNELS[channel], CREDENTIALS, f"notifications of {why}")
    on = plan.workflow.on
    if on.schedule or (on.manual is not None and on.manual.inputs):
        branch = ", ".join(on.branches) or "the main branch"
        where = f"job {plan.workflow.name} → {branch} → Build Now, once"
        yield Setting(
            "schedule", f"first build of {plan.workflow.name}", where, "makes cron lines and parameters known"
        )
    if plan.approvals:
        who = "Manage Jenkins → Security → Authorization: Job/Build"
        yield Setting("permission", "who may approve", who, f"approvals of {why}")
    if conditions.asks_paths(plan):
        where = "the job → Branch Sources → no shallow clone"
        yield Setting("setting", "change log", where, f"changed paths of {why}")


def of_job(plan: Plan, job: Job) -> Iterator[Setting]:
    """Yield what one job needs."""
    stage, why = job.stage, f"stage {job.stage.name}"
    agent = agents.agent_of(job)
    yield from machine(job, agent)
    for name in stage.secrets:
        yield Setting("credential", name, CREDENTIALS, why)
    if stage.aws is not None:
        yield Setting("plugin", "oidc-provider", PLUGINS, why)
        where = "Manage Jenkins → Credentials → OpenID Connect id token as file, audience sts.amazonaws.com"
        yield Setting("credential", agents.AWS_IDENTITY, where, f"{why}, to assume {stage.aws.role}")
    if stage.concurrency is not None:
        yield Setting("plugin", "lockable-resources", PLUGINS, f"concurrency of {why}")
    if stage.cache:
        yield Setting("plugin", "jobcacher", PLUGINS, f"cache of {why}")


def machine(job: Job, agent: agents.Agent) -> Iterator[Setting]:
    why = f"stage {job.stage.name}"
    needs_docker = bool(agent.image or job.stage.services)
    if needs_docker:
        yield Setting("plugin", "docker-workflow", PLUGINS, "containers")
    has = ["git", *(["Docker"] if needs_docker else []), *([] if agent.image else [agent.python])]
    if job.runner.gpu:
        has.append("a GPU" + (" and the NVIDIA Container Toolkit" if agent.image else ""))
    yield Setting("runner", f"label {agent.label or 'any'}: {', '.join(has)}", NODES, why)
