"""Plans -> one file a workflow under .github/workflows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlci.engine.secrets import CHANNELS
from mlci.language.model import Condition
from mlci.language.overrides import Change, rewrite
from mlci.planning.plan import Approval, Plan, free, install_commands, install_first
from mlci.planning.selection import questions
from mlci.rendering.render import template
from mlci.vendors.github.render.conditions import Start, native
from mlci.vendors.github.render.jobs import approval_values, concurrency, job_values
from mlci.vendors.github.render.own_actions import own_actions, style
from mlci.vendors.github.render.pins import pin_all
from mlci.vendors.github.render.runners import MACHINE
from mlci.vendors.github.render.text import FILTERS, literal
from mlci.vendors.github.render.triggers import (
    input_variables,
    on_schedule,
    schedule_variables,
    scheduled_branch,
    started_by,
    triggers,
)

FOLDER = ".github/workflows/"


def render(plans: Sequence[Plan]) -> dict[str, str]:
    """Return every workflow file: path -> text."""
    return {
        path_of(plan): finish(template("github", "workflow.yml", FILTERS, **values(plan)), plan)
        for plan in plans
    }


def path_of(plan: Plan) -> str:
    return f"{FOLDER}{plan.workflow.name}.yml"


def start_of(plan: Plan) -> Start:
    on = plan.workflow.on
    owners = {asked.condition: asked.name for asked in questions(plan)}
    select = free("select", {node.id for node in plan.nodes})
    return Start(started_by(on), scheduled_branch(on), owners, select)


def values(plan: Plan) -> dict[str, Any]:
    """Return what the template places."""
    workflow, pipeline, start = plan.workflow, plan.pipeline, start_of(plan)
    asked = [node for node in plan.nodes if any(not native(each, start) for each in node.conditions)]
    taken, jobs = {node.id for node in plan.nodes}, {job.id: job for job in plan.jobs}
    return {
        "workflow": workflow.name,
        "style": style(pipeline),
        "own": own_actions(pipeline),
        "on": triggers(workflow.on),
        "concurrency": concurrency(workflow.concurrency),
        "env": {**pipeline.env, **workflow.env},
        "inputs": input_variables(workflow.on),
        "schedule": schedule_variables(workflow.on),
        "checkout_ref": checkout_ref(start),
        "machine": MACHINE,
        "python": pipeline.python,
        "install": install_commands(pipeline),
        "install_mlci": install_first(pipeline),
        "select": {"id": start.select, "names": outputs(plan, start)} if asked else None,
        "nodes": [
            approval_values(node, start)
            if isinstance(node, Approval)
            else job_values(node, plan, start, jobs)
            for node in plan.nodes
        ],
        "leaves": plan.leaves,
        "notify": [
            {"id": free(f"notify-{outcome}", taken), "outcome": outcome, "secrets": secrets}
            for outcome in ("failure", "success")
            if (secrets := channel_secrets(plan, outcome))
        ],
    }


def outputs(plan: Plan, start: Start) -> list[str]:
    """Return the answers of `mlci select` that jobs ask for."""
    wanted = {each for node in plan.nodes for each in node.conditions if not native(each, start)}
    bare = {Condition(each.branch, each.tag, (), each.paths) for each in wanted}
    return [name for condition, name in start.owners.items() if condition in bare]


def checkout_ref(start: Start) -> str:
    """Return the ref to check out: a schedule's branch, "" for the one GitHub says."""
    if not start.scheduled_branch:
        return ""
    if start.events == {"schedule"}:
        return literal(start.scheduled_branch)
    return f"${{{{ {on_schedule(start.scheduled_branch)} }}}}"


def channel_secrets(plan: Plan, outcome: str) -> list[str]:
    """Return the secrets that hold the addresses of those told about an outcome."""
    channels = getattr(plan.workflow.notify, outcome) if plan.workflow.notify else ()
    return [CHANNELS[channel] for channel in channels]


def finish(text: str, plan: Plan) -> str:
    """Merge the overrides into a workflow's text, the nearest last."""
    pipeline, workflow = plan.pipeline, plan.workflow
    changes = [Change((), pipeline.overrides.get("github"), ("overrides", "github"))]
    changes.append(
        Change((), workflow.overrides.get("github"), ("workflows", workflow.name, "overrides", "github"))
    )
    for job in plan.jobs:
        place = ("stages", job.stage.name, "overrides", "github")
        changes.append(Change(("jobs", job.id), job.stage.overrides.get("github"), place))
    asked = [change for change in changes if change.value]
    return pin_all(rewrite(text, asked, pipeline)) if asked else text
