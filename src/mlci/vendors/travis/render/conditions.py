"""When a workflow's jobs run on Travis CI: its trigger, the jobs' own conditions, and approvals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mlci.language.model import Condition, Trigger
from mlci.planning.plan import Job, Plan
from mlci.vendors.travis.render.terms import matches, negated
from mlci.vendors.travis.syntax.approvals import GIVEN, among
from mlci.vendors.travis.syntax.builds import TYPES
from mlci.vendors.travis.syntax.conditions import tree
from mlci.vendors.travis.syntax.conditions.printer import printed
from mlci.vendors.travis.syntax.conditions.tree import Attribute, Comparison, Predicate, Text

TYPE, BRANCH, HEAD, TAG = map(Attribute, ("type", "branch", "head_branch", "tag"))

BUILDS = ("push", "tag", "pull_request", "cron", "api")
"""The kinds of build; for Travis CI a tag is a push that has one."""

EVENTS: Mapping[str, str] = {**TYPES, "tag": "tag"}

Terms = tuple[Comparison, ...]
Cases = Mapping[str, Terms]
"""The kinds of build that something runs in -> what else must hold there."""


def trigger(plan: Plan, others: Sequence[Plan] = ()) -> Cases:
    """Return the builds a workflow is part of.

    Parameters
    ----------
    plan : the workflow
    others : the pipeline's other workflows; the branches of their schedules are not this one's
    """
    on = plan.workflow.on
    cases: dict[str, Terms] = {}
    if on.push is not None:
        if on.push.branches or not on.push.tags:
            cases["push"] = holding(matches(BRANCH, on.push.branches or ("**",)))
        if on.push.tags or not on.push.branches:
            cases["tag"] = holding(matches(TAG, on.push.tags or ("**",)))
    if on.pull_request is not None:
        # `branch` is the one a pull request is made against.
        cases["pull_request"] = holding(matches(BRANCH, on.pull_request.branches or ("**",)))
    if on.schedule:
        cases["cron"] = holding(scheduled(on, others))
    own, exact = plan.approvals, one_each((plan, *others))
    if on.manual is not None:
        # A build that approves something of another workflow is not meant for this one.
        foreign = {name for other in others for name in other.approvals} - set(own)
        cases["api"] = holding(negated(approved(sorted(foreign), exact=exact)) if foreign else None)
    elif own:
        branches = (*on.branches, *(on.push.branches if on.push else ()))
        cases["api"] = holding(matches(BRANCH, branches or ("**",)), approved(own, exact=exact))
    return cases


def holding(*terms: Comparison | None) -> Terms:
    return tuple(term for term in terms if term)


def scheduled(on: Trigger, others: Sequence[Plan]) -> Comparison | None:
    """Return the term of a schedule; Travis CI knows no default branch, but the other schedules' branches."""
    if on.branches:
        return matches(BRANCH, on.branches)
    taken = sorted({branch for other in others for branch in other.workflow.on.branches} - {"**"})
    found = matches(BRANCH, taken) if taken else None
    return found and negated(found)


def one_each(plans: Sequence[Plan]) -> bool:
    """Tell whether no workflow has more than one approval, so that none is ever given along with another."""
    return all(len(plan.approvals) < 2 for plan in plans)


def approved(names: Sequence[str], *, exact: bool) -> Comparison:
    """Return the term that holds when one of the names was approved, alone or among others."""
    found = matches(GIVEN, names) if exact else None
    return found or Comparison(GIVEN, "=~", among(names))


def restrict(cases: Cases, given: Condition) -> Cases:
    """Return the cases in which a condition holds as well, but for its paths, which the job asks about."""
    asked = [EVENTS[event] for event in given.event] or BUILDS
    narrowed: dict[str, Terms] = {}
    for build, terms in cases.items():
        own = None if build not in asked else condition(build, given)
        if own is not None:
            narrowed[build] = tuple(dict.fromkeys((*terms, *own)))
    return narrowed


def condition(build: str, given: Condition) -> Terms | None:
    """Return what a condition demands of one kind of build, None when it never holds there."""
    if (given.tag and build != "tag") or (given.branch and build == "tag"):
        return None
    return holding(
        matches(HEAD if build == "pull_request" else BRANCH, given.branch or ("**",)),
        matches(TAG, given.tag or ("**",)),
    )


def of_job(job: Job, before: Iterable[Comparison], start: Cases) -> str:
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
        asked = [term for term in cases.get("api", ()) if term.left != GIVEN]
        cases = {"api": (*asked, *before)} if "api" in cases else {}
    return text(cases)


def text(cases: Cases) -> str:
    """Write cases as a condition; "" when they are all builds there are, "false" when they are none."""
    groups: dict[Terms, list[str]] = {}
    for build in BUILDS:
        if build in cases:
            groups.setdefault(cases[build], []).append(build)
    alternatives = [
        (*kind(part, terms), *terms) for terms, builds in groups.items() for part in apart(builds)
    ]
    if not alternatives:
        return printed(Text("false"))
    return printed(tree.either(tuple(map(tree.both, alternatives))))


def apart(builds: list[str]) -> tuple[list[str], ...]:
    """Part tags from other builds, unless pushes of branches are among them."""
    if "tag" not in builds or "push" in builds or len(builds) == 1:
        return (builds,)
    return ["tag"], [build for build in builds if build != "tag"]


def kind(builds: Sequence[str], terms: Terms) -> Terms:
    """Return the terms that tell some kinds of build from the others."""
    if set(builds) == set(BUILDS):
        return ()
    if set(BUILDS) - set(builds) == {"pull_request"}:
        return (Comparison(TYPE, "!=", Text("pull_request")),)
    if builds == ["tag"]:
        present = () if any(term.left == TAG for term in terms) else (tag_is("present"),)
        return (*is_type(["push"]), *present)
    types = [build for build in builds if build != "tag"]
    if "tag" not in builds:
        # A tag's build has the tag's name as its branch, which only a pattern takes for one.
        loose = "push" in builds and not any(exact(term) for term in terms)
        blank = (tag_is("blank"),) if loose else ()
        return (*is_type(types), *blank)
    return is_type(types)


def exact(term: Comparison) -> bool:
    """Tell whether a term names whole branches."""
    return term.left == BRANCH and term.operator in ("=", "IN")


def tag_is(predicate: str) -> Comparison:
    return Comparison(TAG, "IS", Predicate(predicate))


def is_type(types: Sequence[str]) -> Terms:
    return holding(matches(TYPE, types))
