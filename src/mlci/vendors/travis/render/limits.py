"""What plans ask for and Travis CI cannot do, each with the way round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlci.engine.environment import variable
from mlci.language.steps import leaves
from mlci.planning.ancestors import Ancestors
from mlci.planning.limits import RUNNER, STAGE, WORKFLOW, Limit, Limits, Words
from mlci.planning.plan import Job, Plan
from mlci.vendors.travis.render import conditions
from mlci.vendors.travis.render.jobs import SIZES, size
from mlci.vendors.travis.render.order import coarse, overlapping, starts
from mlci.vendors.travis.render.schedules import interval
from mlci.vendors.travis.syntax.approvals import APPROVE

ID = "travis"
LONGEST = 50 * 60
"""Seconds after which a job of a public repository is ended."""
OVERLAPPING = "Travis CI has no concurrency groups: builds may overlap"
CANCEL = "set `Auto cancel branch builds` in the repository's settings; it holds for the whole repository"
LIMIT = "set `Limit concurrent jobs` in the repository's settings; it holds for the whole repository"
S3 = "set ARTIFACTS_KEY, ARTIFACTS_SECRET and ARTIFACTS_BUCKET, as `mlci doctor` says"
UPLOADS = "Travis CI keeps files only in an S3 bucket of yours: '{stage}' uploads there"


def schedules(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    for at, cron in enumerate(plan.workflow.on.schedule):
        yield {"at": at, "cron": cron, "interval": interval(cron)}


def inputs(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    manual = plan.workflow.on.manual
    if manual is not None and manual.inputs:
        yield {"names": ", ".join(f"MLCI_INPUT_{variable(name)}" for name in manual.inputs)}


def approvals(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    for step in leaves(plan.workflow.steps):
        if step.name in plan.approvals:
            yield {"place": step.path, "id": step.name}


def first_secrets(plan: Plan, job: Job) -> Iterator[Words]:
    """Yield the first stage that has secrets, as what is said holds for all."""
    if job.stage.secrets:
        yield {"first": next(stage.name for stage in plan.pipeline.stages.values() if stage.secrets)}


def never(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    start = starts(plan, plans)
    for job in plan.jobs:
        if conditions.of_job(job, (), start) == "false":
            yield {"stage": job.stage.name, "job": job.id}


WORKFLOWS: tuple[Limit[Sequence[Plan]], ...] = (
    Limit(
        "schedule",
        (*WORKFLOW, "on", "schedule", "{at}"),
        schedules,
        "Travis CI starts by the clock daily, weekly or monthly, at no set time: '{cron}' becomes {interval}",
        "add it under Settings → Cron Jobs, as `mlci doctor` says, or let a scheduler call the API",
    ),
    Limit(
        "manual-inputs",
        (*WORKFLOW, "on", "manual", "inputs"),
        inputs,
        "Travis CI asks for no values when a person starts a build",
        "give {names} as `env: {{global: […]}}` to Trigger build; without, the defaults hold",
    ),
    Limit(
        "",
        (*WORKFLOW, "on"),
        overlapping,
        "Travis CI runs workflows of one event in one build: '{workflow}' waits for '{other}', and does not "
        "run when that fails",
        "give them different events or branches, or make them one workflow with parallel stages",
        key=True,
        rule="overlap",
    ),
    Limit(
        "approval",
        ("{place}",),
        approvals,
        "Travis CI cannot wait for a person: what follows '{id}' runs in a build started by hand",
        "to approve, use Trigger build with `merge_mode: deep_merge_append` and "
        f"`env: {{{{global: [{APPROVE}={{id}}]}}}}`; that build runs the workflow from its start",
    ),
    Limit(
        "concurrency",
        (*WORKFLOW, "concurrency"),
        lambda plan, plans: plan.workflow.concurrency is not None and not plan.workflow.concurrency.cancel,
        OVERLAPPING,
        LIMIT,
    ),
    Limit(
        "concurrency-cancel",
        (*WORKFLOW, "concurrency"),
        lambda plan, plans: plan.workflow.concurrency is not None and plan.workflow.concurrency.cancel,
        OVERLAPPING,
        CANCEL,
        rule="concurrency",
    ),
    Limit(
        "needs",
        (*WORKFLOW, "stages"),
        coarse,
        "on Travis CI '{job}' of '{workflow}' waits for '{other}', too: build stages follow one another",
        "nothing, if the longer wait does no harm; else split the workflow",
        key=True,
    ),
    Limit(
        "condition",
        STAGE,
        never,
        "'{job}' of workflow '{workflow}' can never run on Travis CI",
        "no kind of build meets all its conditions; a tag's build has no branch, and the reverse",
        key=True,
        rule="never",
    ),
)
JOBS: tuple[Limit[Job], ...] = (
    Limit(
        "gpu",
        RUNNER,
        lambda plan, job: job.runner.gpu > 0,
        "Travis CI has no GPU: {who} runs without one",
        "leave travis out of `vendors`; if your plan has such machines, give the runner `travis: {{vm: …}}`",
    ),
    Limit(
        "self-hosted",
        RUNNER,
        lambda plan, job: not job.runner.gpu and bool(job.runner.others) and ID not in job.runner.others,
        "Travis CI runs on machines of its own; {who} names only those of other vendors",
        "leave travis out of `vendors` if the stage needs a machine of yours",
    ),
    Limit(
        "image",
        (*RUNNER, "image"),
        lambda plan, job: bool(job.runner.image) and not job.runner.has_python(job.python),
        "Travis CI runs jobs on Ubuntu with Python {python}, not in the image {image} of {who}",
        "install what the image has, or add `services: [docker]` and run the image in the stage's command",
    ),
    Limit(
        "self-hosted",
        RUNNER,
        lambda plan, job: size(job.runner) is None,
        f"Travis CI has no machine as large as {{who}}, only {SIZES[-1][0]} cores and {SIZES[-1][1]} GB",
        f"ask for no more than {SIZES[-1][2]} has, or leave travis out",
        rule="size",
    ),
    Limit(
        "secrets",
        ("stages", "{first}", "secrets"),
        first_secrets,
        "Travis CI gives secrets to every job; `mlci exec` takes them from commands they are not for",
        "code of a stage's command cannot see them, but code of its dependencies' installation can",
        key=True,
    ),
    Limit(
        "environment",
        (*STAGE, "environment"),
        lambda plan, job: bool(job.stage.environment) and not Ancestors(plan).approvals_before(job.id),
        "Travis CI has no environments: nobody is asked before '{stage}' deploys",
        "put `{{approve: …}}` before it in the workflow; its secrets are the repository's",
    ),
    Limit(
        "oidc",
        (*STAGE, "aws"),
        lambda plan, job: job.stage.aws is not None,
        "Travis CI has no OpenID Connect: '{stage}' assumes the role with a stored key",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a user who may do nothing but assume the role",
        key=True,
    ),
    Limit(
        "timeout",
        (*STAGE, "timeout"),
        lambda plan, job: (job.stage.timeout or 0) > LONGEST,
        "Travis CI ends jobs after 50 minutes (private repositories: 120); '{job}' may take longer",
        "split the stage, or leave travis out of `vendors`",
    ),
    Limit(
        "concurrency",
        (*STAGE, "concurrency"),
        lambda plan, job: job.stage.concurrency is not None and not job.stage.concurrency.cancel,
        OVERLAPPING,
        LIMIT,
    ),
    Limit(
        "concurrency-cancel",
        (*STAGE, "concurrency"),
        lambda plan, job: job.stage.concurrency is not None and job.stage.concurrency.cancel,
        OVERLAPPING,
        CANCEL,
        rule="concurrency",
    ),
    Limit(
        "cache",
        (*STAGE, "cache", "{at}", "key"),
        lambda plan, job: (
            {"at": at, "files": ", ".join(one.key)} for at, one in enumerate(job.stage.cache) if one.key
        ),
        "Travis CI names caches by branch and job, not by the content of {files}",
        "the command must check what it finds there; a cache is renewed after every job",
        "info",
    ),
    Limit(
        "artifacts",
        (*STAGE, "artifacts"),
        lambda plan, job: bool(job.stage.artifacts),
        UPLOADS,
        S3,
        key=True,
    ),
    Limit(
        "coverage",
        (*STAGE, "reports"),
        lambda plan, job: bool(job.coverage) and not job.stage.artifacts,
        UPLOADS,
        S3,
        key=True,
        rule="artifacts",
    ),
    Limit(
        "junit",
        (*STAGE, "reports"),
        lambda plan, job: bool(job.junit),
        "Travis CI shows no test reports: those of '{stage}' stay in its log",
        "read the log",
        "info",
    ),
)
limits = Limits(ID, WORKFLOWS, JOBS)
