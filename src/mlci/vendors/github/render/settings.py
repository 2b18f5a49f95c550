"""What a person must set at GitHub before the first push."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlci.engine.secrets import CHANNELS
from mlci.planning.plan import Approval, Job, Plan
from mlci.planning.settings import once
from mlci.planning.vendor import Setting
from mlci.vendors.github.render import runners
from mlci.vendors.github.render.triggers import scheduled_branch

ENVIRONMENTS = "Settings → Environments"
SECRETS = "Settings → Secrets and variables → Actions"


def settings(plans: Sequence[Plan]) -> Iterator[Setting]:
    """Yield what must be set before these plans can run; each once."""
    yield from once(each for plan in plans for each in of_plan(plan))


def of_plan(plan: Plan) -> Iterator[Setting]:
    yield from of_workflow(plan)
    for node in plan.nodes:
        yield from of_node(node, plan)


def of_node(node: Job | Approval, plan: Plan) -> Iterator[Setting]:
    """Yield what one job or approval needs."""
    why = f"workflow '{plan.workflow.name}', {node.id}"
    if isinstance(node, Approval):
        where = f"{ENVIRONMENTS} → New environment → Required reviewers"
        yield Setting("environment", node.id, where, f"{why}: waits for a reviewer's yes")
        return
    environment = node.stage.environment
    if environment:
        where = f"{ENVIRONMENTS} → New environment"
        yield Setting("environment", environment, where, f"{why}: reviewers and branches that may deploy")
    for secret in node.stage.secrets:
        where = (
            f"{ENVIRONMENTS} → {environment} → Environment secrets"
            if environment
            else f"{SECRETS} → New secret"
        )
        yield Setting("secret", secret, where, why)
    if node.stage.aws is not None:
        where = "AWS → IAM → Identity providers → token.actions.githubusercontent.com"
        yield Setting("permission", node.stage.aws.role, where, f"{why}: the role must trust this repository")
    if runners.own(node.runner):
        labels = runners.runs_on(node.runner)
        name = labels if isinstance(labels, str) else ", ".join(map(str, labels))
        yield Setting("runner", name, "Settings → Actions → Runners", why)
    if not runners.hosted(node.runner) and asked_by_strangers(node, plan):
        where = "Settings → Actions → General → Approval for running fork pull request workflows"
        said = f"{why}: a pull request's code runs on a machine of yours"
        yield Setting("setting", "Require approval for all external contributors", where, said)


def asked_by_strangers(job: Job, plan: Plan) -> bool:
    """Tell whether a pull request, which anyone may open in a public repository, starts a job."""
    if plan.workflow.on.pull_request is None:
        return False
    return all(not each.event or "pull_request" in each.event for each in job.conditions)


def of_workflow(plan: Plan) -> Iterator[Setting]:
    why = f"workflow '{plan.workflow.name}'"
    for channel in plan.channels:
        yield Setting("secret", CHANNELS[channel], f"{SECRETS} → New secret", f"{why}: its notices go there")
    if scheduled_branch(plan.workflow.on):
        branch = scheduled_branch(plan.workflow.on)
        where = "the default branch must hold the workflow file; this branch must exist"
        yield Setting("schedule", branch, where, f"{why}: GitHub runs schedules of the default branch alone")
