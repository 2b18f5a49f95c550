"""What waits on Travis CI for more than it needs: workflows of one build, and jobs of later build stages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlci.planning.ancestors import Ancestors
from mlci.planning.limits import Words
from mlci.planning.plan import Job, Plan
from mlci.vendors.travis.render import conditions
from mlci.vendors.travis.render.terms import negated
from mlci.vendors.travis.syntax.conditions.tree import Comparison


def overlapping(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    """Yield an earlier workflow that one build runs before this one."""
    start = starts(plan, plans)
    for other in plans[: plans.index(plan)]:
        before = starts(other, plans)
        if any(build in before and meet(start[build], before[build]) for build in start):
            yield {"other": other.workflow.name}
            return


def starts(plan: Plan, plans: Sequence[Plan]) -> conditions.Cases:
    return conditions.trigger(plan, [other for other in plans if other is not plan])


def meet(first: conditions.Terms, second: conditions.Terms) -> bool:
    """Tell whether two lists of terms may hold for one build: no attribute is two different names."""
    return not any(opposed(one, other) for one in first for other in second)


def opposed(one: Comparison, other: Comparison) -> bool:
    named = one.left == other.left and one.operator == other.operator == "="
    return one == negated(other) or (named and one.right != other.right)


def coarse(plan: Plan, plans: Sequence[Plan]) -> Iterator[Words]:
    """Yield a job and another that it waits for without needing it; none where the build stages are exact."""
    ancestors, earlier = Ancestors(plan), 0
    for level in plan.levels():
        jobs = [node.id for node in level if isinstance(node, Job)]
        for job in jobs:
            if missing := earlier & ~ancestors.of[job]:
                yield {
                    "job": job,
                    "other": next(name for name, bit in ancestors.bits.items() if bit & missing),
                }
                return
        earlier |= sum(ancestors.bits[job] for job in jobs)
