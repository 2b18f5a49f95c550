"""A plan's jobs one by one, matrices spread out, and the ones a person has chosen of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from mlci.errors import InputError
from mlci.findings import suggest
from mlci.planning.plan import Approval, Job, Plan


class Unit(NamedTuple):
    """A job without a matrix, one instance of a matrix job, or an approval."""

    node: Job | Approval
    needs: tuple[str, ...]
    """The units it waits for."""

    @property
    def id(self) -> str:
        return self.node.id


def spread(plan: Plan) -> dict[str, Unit]:
    instances = {node.id: node.instances() if isinstance(node, Job) else (node,) for node in plan.nodes}
    found: dict[str, Unit] = {}
    for node in plan.nodes:
        needs = tuple(each.id for need in node.needs for each in instances[need])
        found |= {each.id: Unit(each, needs) for each in instances[node.id]}
    return found


def choose(plan: Plan, names: Sequence[str]) -> tuple[dict[str, Unit], frozenset[str]]:
    """Return the units of some stages and all they need, and the ids of the chosen ones themselves.

    Parameters
    ----------
    plan : the workflow
    names : stages, jobs or instances; all, when empty

    Raises
    ------
    InputError : a name is none of the workflow's
    """
    every = spread(plan)
    if not names:
        return every, frozenset()
    chosen = frozenset(one for name in names for one in of_name(plan, every, name))
    wanted: set[str] = set()
    waiting = list(chosen)
    while waiting:
        one = waiting.pop()
        if one not in wanted:
            wanted.add(one)
            waiting.extend(every[one].needs)
    return {name: unit for name, unit in every.items() if name in wanted}, chosen


def of_name(plan: Plan, every: Mapping[str, Unit], name: str) -> Iterable[str]:
    if name in every:
        return (name,)
    found = [each.id for job in plan.jobs if name in (job.id, job.stage.name) for each in job.instances()]
    if not found:
        known = list(dict.fromkeys([*(job.stage.name for job in plan.jobs), *every]))
        said = f"workflow '{plan.workflow.name}' has no stage '{name}'"
        raise InputError(said, help=suggest(name, known) or f"it has {', '.join(known)}")
    return found
