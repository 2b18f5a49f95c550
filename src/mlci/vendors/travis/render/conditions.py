"""When a workflow's jobs run on Travis CI: its trigger, the jobs' own conditions, and approvals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mlci.language.model import Condition, Trigger
from mlci.planning.plan import Approval, Job, Plan
from mlci.vendors.travis.render.terms import matches, negated

APPROVE = "MLCI_APPROVE"
"""The variable that names what a person says yes to when starting a build by hand; commas part several."""

BUILDS = ("push", "tag", "pull_request", "cron", "api")
"""The kinds of build; for Travis CI a tag is a push that has one."""

EVENTS: Mapping[str, str] = {
    "push": "push",
    "tag": "tag",
    "pull_request": "pull_request",
    "schedule": "cron",
    "manual": "api",
}

Cases = Mapping[str, tuple[str, ...]]
"""The kinds of build that something runs in -> what else must hold there."""


def trigger(plan: Plan, others: Sequence[Plan] = ()) -> Cases:
    """Return the builds a workflow is part of.

    Parameters
    ----------
    plan : the workflow
    others : the pipeline's other workflows; the branches of their schedules are not this one's
    """
    on = plan.workflow.on
    cases: dict[str, tuple[str, ...]] = {}
    if on.push is not None:
        if on.push.branches or not on.push.tags:
            cases["push"] = holding(matches("branch", on.push.branches or ("**",)))
        if on.push.tags or not on.push.branches:
            cases["tag"] = holding(matches("tag", on.push.tags or ("**",)))
    if on.pull_request is not None:
        # `branch` is the one a pull request is made against.
        cases["pull_request"] = holding(matches("branch", on.pull_request.branches or ("**",)))
    if on.schedule:
        cases["cron"] = holding(scheduled(on, others))
    own, exact = approvals(plan), one_each((plan, *others))
    if on.manual is not None:
        # A build that approves something of another workflow is not meant for this one.
        foreign = {name for other in others for name in approvals(other)} - set(own)
        cases["api"] = holding(negated(approved(sorted(foreign), exact=exact)) if foreign else "")
    elif own:
        branches = (*on.branches, *(on.push.branches if on.push else ()))
        cases["api"] = holding(matches("branch", branches or ("**",)), approved(own, exact=exact))
    return cases


def approvals(plan: Plan) -> list[str]:
    """Return the names of a workflow's approvals."""
    return [node.id for node in plan.nodes if isinstance(node, Approval)]


def holding(*terms: str) -> tuple[str, ...]:
    """Return the terms that say anything."""
    return tuple(term for term in terms if term)


def scheduled(on: Trigger, others: Sequence[Plan]) -> str:
    """Return the term of a schedule; Travis CI knows no default branch, but the other schedules' branches."""
    if on.branches:
        return matches("branch", on.branches)
    taken = sorted({branch for other in others for branch in other.workflow.on.branches} - {"**"})
    return negated(matches("branch", taken)) if taken else ""


def one_each(plans: Sequence[Plan]) -> bool:
    """Tell whether no workflow has more than one approval, so that none is ever given along with another."""
    return all(len(approvals(plan)) < 2 for plan in plans)


def approved(names: Sequence[str], *, exact: bool) -> str:
    """Return the term that holds when one of the names was approved, alone or among others."""
    if exact:
        return matches(f"env({APPROVE})", names)
    either = names[0] if len(names) == 1 else f"({'|'.join(names)})"
    return f"env({APPROVE}) =~ ^(.*,)?{either}(,.*)?$"


def restrict(cases: Cases, given: Condition) -> Cases:
    """Return the cases in which a condition holds as well, but for its paths, which the job asks about."""
    asked = [EVENTS[event] for event in given.event] or BUILDS
    narrowed: dict[str, tuple[str, ...]] = {}
    for build, terms in cases.items():
        own = None if build not in asked else condition(build, given)
        if own is not None:
            narrowed[build] = tuple(dict.fromkeys((*terms, *own)))
    return narrowed


def condition(build: str, given: Condition) -> tuple[str, ...] | None:
    """Return what a condition demands of one kind of build, None when it never holds there."""
    if (given.tag and build != "tag") or (given.branch and build == "tag"):
        return None
    attribute = "head_branch" if build == "pull_request" else "branch"
    return holding(
        matches(attribute, given.branch or ("**",)),
        matches("tag", given.tag or ("**",)),
    )


def of_job(job: Job, before: Iterable[str], start: Cases) -> str:
    """Return when a job runs.

    Parameters
    ----------
    job : the job
    before : terms of the approvals that it comes after
    start : the builds its workflow is part of
    """
    cases = start
    for one in job.conditions:
        cases = restrict(cases, one)
    if before:
        # Only a build that a person starts can carry a person's yes; it says more than the trigger asks.
        asked = [term for term in cases.get("api", ()) if not term.startswith(f"env({APPROVE})")]
        cases = {"api": (*asked, *before)} if "api" in cases else {}
    return text(cases)


def text(cases: Cases) -> str:
    """Write cases as a condition; "" when they are all builds there are, "false" when they are none."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for build in BUILDS:
        if build in cases:
            groups.setdefault(cases[build], []).append(build)
    alternatives = [
        (*kind(part, terms), *terms) for terms, builds in groups.items() for part in apart(builds)
    ]
    if not alternatives:
        return "false"
    if len(alternatives) == 1:
        return " AND ".join(alternatives[0])
    joined = [" AND ".join(terms) for terms in alternatives]
    return " OR ".join(
        f"({one})" if len(terms) > 1 else one for one, terms in zip(joined, alternatives, strict=True)
    )


def apart(builds: list[str]) -> tuple[list[str], ...]:
    """Part tags from other builds, unless pushes of branches are among them."""
    if "tag" not in builds or "push" in builds or len(builds) == 1:
        return (builds,)
    return ["tag"], [build for build in builds if build != "tag"]


def kind(builds: Sequence[str], terms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the terms that tell some kinds of build from the others."""
    if set(builds) == set(BUILDS):
        return ()
    if set(BUILDS) - set(builds) == {"pull_request"}:
        return ("type != pull_request",)
    if builds == ["tag"]:
        present = () if any(term.startswith("tag ") for term in terms) else ("tag IS present",)
        return (*is_type(["push"]), *present)
    types = [build for build in builds if build != "tag"]
    if "tag" not in builds:
        # A tag's build has the tag's name as its branch, which only a pattern takes for one.
        loose = "push" in builds and not any(exact(term) for term in terms)
        blank = ("tag IS blank",) if loose else ()
        return (*is_type(types), *blank)
    return is_type(types)


def exact(term: str) -> bool:
    """Tell whether a term names whole branches."""
    return term.startswith(("branch = ", "branch IN "))


def is_type(types: Sequence[str]) -> tuple[str, ...]:
    """Return the term of one type of build or some."""
    if len(types) == 1:
        return (f"type = {types[0]}",)
    return (f"type IN ({', '.join(types)})",)


def approvals_before(plan: Plan) -> dict[str, frozenset[str]]:
    """Return, for each node, the approvals it comes after."""
    found: dict[str, frozenset[str]] = {}
    own = set(approvals(plan))
    for node in plan.nodes:
        before = [found[need] for need in node.needs]
        given = frozenset(need for need in node.needs if need in own)
        found[node.id] = frozenset.union(given, *before) if before else given
    return found
