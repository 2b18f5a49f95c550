"""What plans ask for and Travis CI cannot do, each with the way round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mlci.engine.environment import variable
from mlci.findings import Finding
from mlci.language.steps import leaves
from mlci.planning.plan import Approval, Job, Plan
from mlci.vendors.travis.render import conditions
from mlci.vendors.travis.render.limits.of_jobs import CHECKS, finding, grouped
from mlci.vendors.travis.render.terms import negated
from mlci.vendors.travis.syntax.approvals import APPROVE
from mlci.vendors.travis.syntax.conditions.tree import Comparison
from mlci.yaml.document import Key


def limits(plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield each limit once, at its place in mlci.yaml."""
    seen: set[Finding] = set()
    for plan in plans:
        for found in of_plan(plan, plans):
            if found not in seen:
                seen.add(found)
                yield found


def of_plan(plan: Plan, plans: Sequence[Plan]) -> Iterator[Finding]:
    others = [other for other in plans if other is not plan]
    start = conditions.trigger(plan, others)
    yield from of_trigger(plan)
    yield from of_overlap(plan, plans)
    yield from of_workflow(plan)
    for job in plan.jobs:
        for check in CHECKS:
            yield from check(plan, job)
        if conditions.of_job(job, (), start) == "false":
            said = f"'{job.id}' of workflow '{plan.workflow.name}' can never run on Travis CI"
            help = "no kind of build meets all its conditions; a tag's build has no branch, and the reverse"
            yield finding(plan, ("stages", job.stage.name), said, "travis-never", help, key=True)


def of_trigger(plan: Plan) -> Iterator[Finding]:
    on = plan.workflow.on
    at = ("workflows", plan.workflow.name, "on")
    for index, cron in enumerate(on.schedule):
        yield scheduled(plan, (*at, "schedule", index), cron)
    if on.manual is not None and on.manual.inputs:
        said = "Travis CI asks for no values when a person starts a build"
        names = ", ".join(f"MLCI_INPUT_{variable(name)}" for name in on.manual.inputs)
        help = f"give {names} as `env: {{global: […]}}` to Trigger build; without, the defaults hold"
        yield finding(plan, (*at, "manual", "inputs"), said, "travis-manual-inputs", help)


def scheduled(plan: Plan, path: Sequence[Key], cron: str) -> Finding:
    """Say what becomes of a cron line."""
    every = interval(cron)
    said = f"Travis CI starts by the clock daily, weekly or monthly, at no set time: '{cron}' becomes {every}"
    help = "add it under Settings → Cron Jobs, as `mlci doctor` says, or let a scheduler call the API"
    return finding(plan, path, said, "travis-schedule", help)


def interval(cron: str) -> str:
    """Return the nearest of the three intervals that Travis CI has."""
    _, _, day, _, weekday = cron.split()
    if day != "*" and not day.startswith("*/"):
        return "monthly"
    return "weekly" if re.fullmatch(r"[0-7]|[A-Za-z]{3}", weekday) else "daily"


def of_overlap(plan: Plan, plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield a workflow that one build runs after another."""
    start = conditions.trigger(plan, [other for other in plans if other is not plan])
    for other in plans[: plans.index(plan)]:
        before = conditions.trigger(other, [one for one in plans if one is not other])
        shared = [build for build in start if build in before and meet(start[build], before[build])]
        if shared:
            said = (
                f"Travis CI runs workflows of one event in one build: '{plan.workflow.name}' waits for "
                f"'{other.workflow.name}', and does not run when that fails"
            )
            help = "give them different events or branches, or make them one workflow with parallel stages"
            yield finding(
                plan, ("workflows", plan.workflow.name, "on"), said, "travis-overlap", help, key=True
            )
            return


def meet(first: conditions.Terms, second: conditions.Terms) -> bool:
    """Tell whether two lists of terms may hold for one build: no attribute is two different names."""
    return not any(opposed(one, other) for one in first for other in second)


def opposed(one: Comparison, other: Comparison) -> bool:
    named = one.left == other.left and one.operator == other.operator == "="
    return one == negated(other) or (named and one.right != other.right)


def of_workflow(plan: Plan) -> Iterator[Finding]:
    """Yield what a workflow's order and groups ask for."""
    name = plan.workflow.name
    for node in plan.nodes:
        if isinstance(node, Approval):
            yield approval(plan, node)
    if plan.workflow.concurrency is not None:
        yield grouped(plan, ("workflows", name, "concurrency"), plan.workflow.concurrency.cancel)
    waiting = coarse(plan)
    if waiting is not None:
        job, other = waiting
        said = f"on Travis CI '{job}' of '{name}' waits for '{other}', too: build stages follow one another"
        help = "nothing, if the longer wait does no harm; else split the workflow"
        yield finding(plan, ("workflows", name, "stages"), said, "travis-needs", help, key=True)


def approval(plan: Plan, node: Approval) -> Finding:
    said = f"Travis CI cannot wait for a person: what follows '{node.id}' runs in a build started by hand"
    help = (
        f"to approve, use Trigger build with `merge_mode: deep_merge_append` and "
        f"`env: {{global: [{APPROVE}={node.id}]}}`; that build runs the workflow from its start"
    )
    place = next(step.path for step in leaves(plan.workflow.steps) if step.name == node.id)
    return finding(plan, place, said, "travis-approval", help)


def coarse(plan: Plan) -> tuple[str, str] | None:
    """Return a job and another that it waits for without needing it, None when the build stages are exact."""
    ancestors: dict[str, int] = {}
    bits = {node.id: 1 << index for index, node in enumerate(plan.nodes)}
    for node in plan.nodes:
        ancestors[node.id] = 0
        for need in node.needs:
            ancestors[node.id] |= ancestors[need] | bits[need]
    earlier = 0
    for level in plan.levels():
        jobs = [node.id for node in level if isinstance(node, Job)]
        for job in jobs:
            if missing := earlier & ~ancestors[job]:
                return job, next(name for name, bit in bits.items() if bit & missing)
        earlier |= sum(bits[job] for job in jobs)
    return None
