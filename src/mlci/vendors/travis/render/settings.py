"""What must be set at Travis CI before the first push."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlci.engine.secrets import CHANNELS
from mlci.planning.plan import Job, Plan
from mlci.planning.settings import once
from mlci.planning.vendor import Setting
from mlci.vendors.travis.render.schedules import interval
from mlci.vendors.travis.syntax.approvals import APPROVE

VARIABLES = "Settings → Environment Variables"
CRON = "Settings → Cron Jobs"
GENERAL = "Settings → General"


def settings(plans: Sequence[Plan]) -> Iterator[Setting]:
    yield from once((found for plan in plans for found in of_plan(plan)), every_reason=True)


def of_plan(plan: Plan) -> Iterator[Setting]:
    workflow, why = plan.workflow, f"workflow {plan.workflow.name}"
    for job in plan.jobs:
        yield from of_job(job)
    for channel in plan.channels:
        yield Setting("secret", CHANNELS[channel], VARIABLES, f"notifications of {why}")
    for cron in workflow.on.schedule:
        for branch in workflow.on.branches or ("the default branch",):
            yield Setting("schedule", f"{interval(cron)} on {branch}, always run", CRON, f"{why} ({cron})")
    for approval in plan.approvals:
        how = f"More options → Trigger build, with {APPROVE}={approval} in env.global"
        yield Setting("permission", f"approve {approval}", how, f"{why}; who may push to the repository may")
    if workflow.concurrency is not None:
        yield group(workflow.concurrency.cancel, why)


def of_job(job: Job) -> Iterator[Setting]:
    stage, why = job.stage, f"stage {job.stage.name}"
    for name in stage.secrets:
        yield Setting("secret", name, VARIABLES, why)
    if stage.aws is not None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            yield Setting("secret", name, VARIABLES, f"{why}, to assume {stage.aws.role}")
    if job.kept:
        for name in ("ARTIFACTS_KEY", "ARTIFACTS_SECRET", "ARTIFACTS_BUCKET"):
            yield Setting("secret", name, VARIABLES, f"{why}, whose files are kept")
    if stage.concurrency is not None:
        yield group(stage.concurrency.cancel, why)


def group(cancel: bool, why: str) -> Setting:
    name = "Auto cancel branch builds: on" if cancel else "Limit concurrent jobs: 1"
    return Setting("setting", name, GENERAL, why)
