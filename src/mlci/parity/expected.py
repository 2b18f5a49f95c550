"""What mlci.yaml says of an event: which jobs run, in which order, with what. The vendors are held to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from mlci.engine.environment import variable
from mlci.language.model import Filter
from mlci.parity.contract import Event, Planned
from mlci.planning.conditions import matches, unmet
from mlci.planning.context import Context
from mlci.planning.plan import Approval, Job, Plan
from mlci.planning.selection import ATTENTIVE, answers

PULL = "1"
"""The number of the pull request that an event stands for."""


@dataclass(frozen=True)
class Expected:
    """One job or approval, a matrix's instances one by one."""

    workflow: str
    id: str
    needs: tuple[str, ...]
    runs: bool
    why: str
    job: Job | None
    """None for an approval."""
    collects: tuple[str, ...] = ()
    withheld: bool = False
    """Whether an approval that is not given is all that keeps it from running."""

    @property
    def planned(self) -> Planned:
        """It as a vendor's plan would have it."""
        return Planned(self.workflow, self.id, self.needs, self.runs, self.why, self.job is None)


def context_of(event: Event, vendor: str = "", commit: str = "") -> Context:
    on_tag, pulls = event.name == "tag", event.name == "pull_request"
    return Context(
        vendor=vendor,
        commit=commit,
        branch="" if on_tag else event.head if pulls else event.branch,
        tag=event.tag if on_tag else "",
        pr=PULL if pulls else "",
        event=event.name,
    )


def changed_of(event: Event) -> Sequence[str] | None:
    """Return what has changed, None when nobody can tell."""
    return event.changed if event.name in ATTENTIVE else None


def selected(plans: Sequence[Plan], event: Event) -> dict[str, Mapping[str, bool]]:
    return {plan.workflow.name: answers(plan, context_of(event), lambda: changed_of(event)) for plan in plans}


def expect(plan: Plan, event: Event) -> tuple[Expected, ...]:
    """Return a workflow's jobs and approvals, each after those it needs."""
    started = why_not(plan, event)
    context = context_of(event)
    instances = {job.id: tuple(one.id for one in job.instances()) for job in plan.jobs}
    ungiven: dict[str, str] = {}
    found: list[Expected] = []
    for node in plan.nodes:
        reason = started or unmet(node.conditions, context, cache(lambda: changed_of(event))) or ""
        asked = isinstance(node, Approval) and node.id not in event.approved
        own = f"approval '{node.id}' is not given" if asked else ""
        ungiven[node.id] = next((ungiven[need] for need in node.needs if ungiven[need]), own)
        withheld = not reason and bool(ungiven[node.id])
        why = reason or ungiven[node.id]
        needs = spread(node.needs, instances)
        name = plan.workflow.name
        if isinstance(node, Approval):
            found.append(Expected(name, node.id, needs, not why, why, None, (), withheld))
            continue
        collects = spread(node.collects, instances)
        found.extend(
            Expected(name, one.id, needs, not why, why, one, collects, withheld) for one in node.instances()
        )
    return tuple(found)


def spread(names: Sequence[str], instances: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(one for name in names for one in instances.get(name, (name,)))


def why_not(plan: Plan, event: Event) -> str:
    """Say why an event does not start a workflow, "" when it does."""
    on = plan.workflow.on
    if event.workflow and event.workflow != plan.workflow.name:
        return f"the {event.name} is of workflow '{event.workflow}'"
    starts = {
        "push": lambda: on.push is not None and pushed(on.push, event),
        "tag": lambda: on.push is not None and tagged(on.push, event),
        "pull_request": lambda: on.pull_request is not None and requested(on.pull_request, event),
        "schedule": lambda: bool(on.schedule) and fits(on.branches or (event.default,), event.branch),
        "manual": lambda: on.manual is not None,
    }
    return "" if starts[event.name]() else "the workflow does not start"


def pushed(on: Filter, event: Event) -> bool:
    """Tell whether a push to a branch starts a workflow."""
    wanted = fits(on.branches, event.branch) if on.branches else not on.tags
    return wanted and touches(on, event)


def tagged(on: Filter, event: Event) -> bool:
    """Tell whether a pushed tag starts a workflow."""
    return fits(on.tags, event.tag) if on.tags else not on.branches


def requested(on: Filter, event: Event) -> bool:
    """Tell whether a pull request starts a workflow."""
    return (not on.branches or fits(on.branches, event.branch)) and touches(on, event)


def touches(on: Filter, event: Event) -> bool:
    """Tell whether one of the paths that a trigger names has changed; without any, all have."""
    if not on.paths or event.changed is None:
        return True
    return any(fits(on.paths, path) for path in event.changed)


def fits(patterns: Sequence[str], name: str) -> bool:
    return any(matches(pattern, name) for pattern in patterns)


def events_of(plan: Plan, default: str) -> Iterator[Event]:
    """Yield an event of each kind that starts a workflow, on a branch that does."""
    on = plan.workflow.on
    if on.push is not None and (on.push.branches or not on.push.tags):
        yield Event("push", literal(on.push.branches, default), default=default)
    if on.push is not None and on.push.tags:
        yield Event("tag", default, tag=literal(on.push.tags, "v1"), default=default)
    if on.pull_request is not None:
        yield Event("pull_request", literal(on.pull_request.branches, default), default=default)
    name = plan.workflow.name
    if on.schedule:
        yield Event("schedule", literal(on.branches, default), workflow=name, default=default)
    if on.manual is not None:
        yield Event("manual", default, workflow=name, default=default)


def literal(patterns: Sequence[str], other: str) -> str:
    """Return a name that the first pattern matches; `other` without any, or when it matches."""
    if not patterns or fits(patterns, other):
        return other
    return patterns[0].replace("**", "x").replace("*", "x").replace("?", "x").rstrip("/")


def input_variables(event: Event) -> dict[str, str]:
    """Return what a person was asked, as a job sees it."""
    return {f"MLCI_INPUT_{variable(name)}": value for name, value in event.inputs.items()}
