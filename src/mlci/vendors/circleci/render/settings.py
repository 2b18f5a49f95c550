"""What a person must set at CircleCI before the first push."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlci.engine.secrets import CHANNELS
from mlci.planning.plan import Approval, Job, Plan
from mlci.planning.settings import once
from mlci.planning.vendor import Setting
from mlci.vendors.circleci.render import executors, orb
from mlci.vendors.circleci.render.conditions import Rules
from mlci.vendors.circleci.syntax.shipped_orb import ORB

CONTEXTS = "Organization Settings → Contexts"
VARIABLES = "Project Settings → Environment Variables"


def settings(plans: Sequence[Plan]) -> Iterator[Setting]:
    """Yield what must be set before these plans can run; each once."""
    asks = any(Rules(plan).asks() for plan in plans)
    setup = Setting(
        "setting",
        "Enable dynamic config using setup workflows",
        "Project Settings → Advanced",
        "config.yml finds out what has changed and goes on with continue_config.yml",
    )
    allowed = Setting(
        "setting",
        "Allow uncertified orbs",
        "Organization Settings → Security",
        f"`style: {orb.STYLE}`: jobs use {ORB}, which is none of CircleCI's own",
    )
    yield from once(
        [
            *([setup] if asks else []),
            *([allowed] if plans and orb.asked(plans[0].pipeline) else []),
            *(each for plan in plans for each in of_workflow(plan)),
            *(each for plan in plans for node in plan.nodes for each in of_node(node, plan)),
        ]
    )


def of_node(node: Job | Approval, plan: Plan) -> Iterator[Setting]:
    if isinstance(node, Approval):
        return
    why = f"workflow '{plan.workflow.name}', {node.id}"
    environment = node.stage.environment
    if environment:
        where = f"{CONTEXTS} → Create Context"
        yield Setting("context", environment, where, f"{why}: restrict it to those who may deploy")
    for secret in node.stage.secrets:
        yield Setting("secret", secret, f"{CONTEXTS} → {environment}" if environment else VARIABLES, why)
    if node.stage.aws is not None:
        where = "AWS → IAM → Identity providers → oidc.circleci.com/org/<organization id>"
        yield Setting("permission", node.stage.aws.role, where, f"{why}: the role must trust this project")
    on = executors.executor(node, node.python)
    if on.machine is True:
        yield Setting("runner", on.resource_class, "Self-Hosted Runners → Create Resource Class", why)


def of_workflow(plan: Plan) -> Iterator[Setting]:
    """Yield what a workflow needs as a whole."""
    name, on = plan.workflow.name, plan.workflow.on
    why = f"workflow '{name}'"
    for cron in on.schedule:
        for branch in on.branches or ("the default branch",):
            given = f"{cron} (UTC), branch {branch}, parameter workflow={name}"
            where = f"Project Settings → Triggers → Schedule: {given}"
            yield Setting("schedule", f"{name}: {cron}, {branch}", where, f"{why} is started by it alone")
    if on.manual is not None:
        where = f"Trigger Pipeline → Add Parameters: workflow={name}"
        yield Setting(
            "setting", f"start of {name} by hand", where, f"{why}: the parameter says what to start"
        )
    if on.pull_request is not None:
        where = "Project Settings → Triggers: all pushes (not pull requests alone)"
        yield Setting(
            "setting", "pushes start pipelines", where, f"{why}: a pull request is a push of its branch"
        )
    concurrency = plan.workflow.concurrency
    if concurrency is not None and concurrency.cancel:
        where = "Project Settings → Advanced"
        yield Setting("setting", "Auto-cancel redundant workflows", where, why)
    for channel in plan.channels:
        yield Setting("secret", CHANNELS[channel], VARIABLES, f"{why}: its notices go there")
