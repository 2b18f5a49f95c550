"""When a workflow's stages run on Jenkins: for each kind of build, what else must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mlci.language.model import Condition
from mlci.planning.plan import Plan

BUILDS = ("push", "tag", "pull_request", "schedule", "manual")
"""Kinds of build, one for each event. Change requests and tags stay what they are, however started."""


class Test(NamedTuple):
    """One thing that must hold: `about` is branch, target, tag or paths; one of the patterns matches."""

    about: str
    patterns: tuple[str, ...]


Cases = Mapping[str, tuple[Test, ...]]
"""The kinds of build that something runs in -> what else must hold there."""


def possible(plan: Plan) -> tuple[str, ...]:
    on = plan.workflow.on
    starts = {
        "push": on.push is not None and bool(on.push.branches or not on.push.tags),
        "tag": on.push is not None and bool(on.push.tags or not on.push.branches),
        "pull_request": on.pull_request is not None,
        "schedule": bool(on.schedule),
        "manual": on.manual is not None,
    }
    return tuple(build for build in BUILDS if starts[build])


def test(about: str, patterns: Sequence[str]) -> tuple[Test, ...]:
    """Return a test, or none when there is nothing to test."""
    return () if not patterns or "**" in patterns else (Test(about, tuple(patterns)),)


def cases(builds: Sequence[str], conditions: Sequence[Condition]) -> Cases:
    """Return the cases in which conditions hold, of the kinds of build there can be."""
    narrowed: Cases = dict.fromkeys(builds, ())
    for given in conditions:
        asked = given.event or BUILDS
        narrowed = {
            build: tuple(dict.fromkeys((*tests, *own)))
            for build, tests in narrowed.items()
            if build in asked and (own := demanded(build, given)) is not None
        }
    return narrowed


def demanded(build: str, given: Condition) -> tuple[Test, ...] | None:
    """Return what a condition demands of one kind of build, None when it never holds there."""
    if (given.tag and build != "tag") or (given.branch and build == "tag"):
        return None
    return (*test("branch", given.branch), *test("tag", given.tag), *test("paths", given.paths))


def asks_paths(plan: Plan) -> bool:
    """Tell whether anything in a workflow depends on changed paths."""
    return plan.asks_paths or any(one.paths for job in plan.jobs for one in job.conditions)
