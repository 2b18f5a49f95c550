"""Plans -> .circleci/config.yml, and a second file when a run must first find out what has changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from mlci.engine.environment import variable
from mlci.language.model import ManualInput, Pipeline
from mlci.language.overrides import Change, rewrite
from mlci.planning.plan import UV, Plan, free, install_commands, install_first
from mlci.planning.selection import questions
from mlci.rendering.render import template
from mlci.vendors.circleci.render import orb
from mlci.vendors.circleci.render.conditions import parameter
from mlci.vendors.circleci.render.executors import Executor
from mlci.vendors.circleci.render.jobs import ANY_TAG, Jobs, used
from mlci.vendors.circleci.render.logic import statement
from mlci.vendors.circleci.render.paths import CONFIG, CONTINUED
from mlci.vendors.circleci.render.text import FILTERS
from mlci.vendors.circleci.syntax.expression import expressible, write
from mlci.vendors.circleci.syntax.shipped_orb import ORB

AWS, CONTINUATION = "circleci/aws-cli@5.4.1", "circleci/continuation@2.0.1"


def render(plans: Sequence[Plan]) -> dict[str, str]:
    """Return the configuration; the setup's too, when conditions ask what only a run can find out."""
    if not plans:
        return {}
    placed = values(list(plans))
    text = finish(template("circleci", "config.yml", FILTERS, **placed), plans)
    if not placed["answers"]:
        return {CONFIG: text}
    return {CONFIG: template("circleci", "setup.yml", FILTERS, **placed), CONTINUED: text}


def values(plans: list[Plan]) -> dict[str, Any]:
    pipeline, jobs = plans[0].pipeline, Jobs(plans)
    asks = any(rules.asks() for rules in jobs.rules.values())
    named = [plan.workflow.name for plan in plans if plan.workflow.on.schedule or plan.workflow.on.manual]
    taken = set(jobs.definitions) | {node.id for plan in plans for node in plan.nodes}
    workflows = [workflow_values(plan, jobs, taken) for plan in plans]
    image = Executor(image=f"cimg/python:{pipeline.python}")
    notifier = jobs.executors.small(image) if any(each["success"] for each in workflows) else ""
    return {
        "workflow_names": ["none", *named] if named else [],
        "inputs": inputs(plans),
        "input_variables": {
            f"MLCI_INPUT_{variable(name)}": f"<< pipeline.parameters.{name.lower()} >>"
            for name in inputs(plans)
        },
        "answers": [parameter(plan.workflow.name, asked.name) for plan in plans for asked in questions(plan)]
        if asks
        else [],
        "orbs": imported(pipeline, jobs),
        "continuation": CONTINUATION,
        "uses_orb": orb.asked(pipeline),
        "orb_install": orb.installed(pipeline),
        "uses_secrets": any(defined.secrets for defined in jobs.definitions.values()),
        "on_machines": any(defined.python for defined in jobs.definitions.values()),
        "uncached": any(not defined.cached for defined in jobs.definitions.values()),
        "tells": any(defined.tells for defined in jobs.definitions.values()),
        "uv": UV,
        "python": pipeline.python,
        "install": install_commands(pipeline),
        "install_mlci": install_first(pipeline),
        "cache_file": pipeline.requirements.said_in or "mlci.yaml",
        "jobs": list(jobs.definitions.items()),
        "shared": {key for key, count in jobs.uses.items() if count > 1},
        "executors": [(name, on) for on, name in jobs.executors.named.items()],
        "workflows": workflows,
        "groups": [workflow for workflow in workflows if workflow["group"]],
        "notifier": notifier,
        "tagged": any("tag" in rules.events for rules in jobs.rules.values()),
    }


def imported(pipeline: Pipeline, jobs: Jobs) -> dict[str, str]:
    """Return the orbs that jobs use, by what the configuration calls them."""
    found = {orb.NAME: f"{ORB}@{orb.version(pipeline)}"} if orb.asked(pipeline) else {}
    if any(defined.aws for defined in jobs.definitions.values()):
        found["aws-cli"] = AWS
    return found


def inputs(plans: Sequence[Plan]) -> dict[str, ManualInput]:
    """Return the values asked for when a person starts a workflow."""
    return {
        name: given
        for plan in plans
        if plan.workflow.on.manual
        for name, given in plan.workflow.on.manual.inputs.items()
    }


def workflow_values(plan: Plan, jobs: Jobs, taken: Collection[str]) -> dict[str, Any]:
    workflow = plan.workflow
    when = jobs.rules[workflow.name].workflow()
    told = workflow.notify
    uses = [jobs.use(plan, node) for node in plan.nodes]
    success = free(f"{workflow.name}-succeeded", taken) if told and told.success else ""
    if success:
        tagged = "tag" in jobs.rules[workflow.name].events
        uses.append(used(success, requires=plan.leaves, filters=ANY_TAG if tagged else None))
    return {
        "name": workflow.name,
        "when": write(when) if expressible(when) else "",
        "statement": [] if expressible(when) else statement(when),
        "uses": uses,
        "group": workflow.concurrency and f"{plan.pipeline.name}/{workflow.concurrency.group}",
        "group_key": free(f"{workflow.name}-jobs", taken),
        "success": success,
    }


def finish(text: str, plans: Sequence[Plan]) -> str:
    """Merge the overrides into the configuration, the nearest last."""
    pipeline = plans[0].pipeline
    changes = [Change((), pipeline.overrides.get("circleci"), ("overrides", "circleci"))]
    for plan in plans:
        name = plan.workflow.name
        place: tuple[str, ...] = ("workflows", name, "overrides", "circleci")
        changes.append(Change(("workflows", name), plan.workflow.overrides.get("circleci"), place))
    jobs = Jobs(list(plans)) if any(job.stage.overrides for plan in plans for job in plan.jobs) else None
    for key in dict.fromkeys(jobs.keys.values()) if jobs else ():
        job = next(
            one
            for plan in plans
            for one in plan.jobs
            if jobs and jobs.keys[plan.workflow.name, one.id] == key
        )
        place = ("stages", job.stage.name, "overrides", "circleci")
        changes.append(Change(("jobs", key), job.stage.overrides.get("circleci"), place))
    asked = [change for change in changes if change.value]
    return rewrite(text, asked, pipeline) if asked else text
