"""A user's own directives, merged last: named as Jenkins names them, written as data, never as Groovy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlci.planning.plan import Plan
from mlci.vendors.jenkins.render.agents import ID
from mlci.vendors.jenkins.render.text import literal, pairs

OF_PIPELINE = ("options", "triggers", "environment", "tools")
OF_STAGE = ("options", "environment", "tools", "agent")
AGENT = ("label", "image", "args")


def of_pipeline(plan: Plan) -> dict[str, dict[str, Any]]:
    given = (plan.pipeline.overrides.get(ID, {}), plan.workflow.overrides.get(ID, {}))
    return {name: {**given[0].get(name, {}), **given[1].get(name, {})} for name in OF_PIPELINE}


def merge(item: dict[str, Any]) -> dict[str, Any]:
    """Return a stage's item with its own directives."""
    given = item.get("overrides", {})
    if not given and not item.get("lock"):
        return item
    agent = {name: str(value) for name, value in given.get("agent", {}).items() if name in AGENT}
    own = {"lock": {"resource": item["lock"]}} if item["lock"] else {}
    return {
        **item,
        "agent": item["agent"]._replace(**agent),
        "environment": {**item["environment"], **given.get("environment", {})},
        "options": calls({**own, **given.get("options", {})}),
        "tools": calls(given.get("tools", {})),
    }


def calls(given: Mapping[str, Any]) -> list[str]:
    """Return directives as lines; one that is false or empty is left out."""
    return [call(name, value) for name, value in given.items() if value is not None and value is not False]


def call(name: str, value: Any) -> str:
    """Write one directive: `timestamps()`, `timeout(time: 1, unit: 'HOURS')`, `jdk '17'`."""
    if value is True:
        return f"{name}()"
    if isinstance(value, Mapping):
        inner = next(iter(value.items())) if len(value) == 1 else ("", None)
        nested = isinstance(inner[1], Mapping)
        return f"{name}({call(*inner) if nested else pairs(value)})"
    if isinstance(value, list | tuple):
        return f"{name}({', '.join(map(literal, value))})"
    return f"{name}({literal(value)})"
