"""Cases -> the lines of a `when`, one condition a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlci.language.model import Filter, Trigger
from mlci.planning.conditions import translate
from mlci.rendering.render import groovy
from mlci.vendors.jenkins.render.conditions import Cases, Test, test

WILD = re.compile(r"[*?]|/$")
NUMBERED = re.compile(r"PR-[0-9]+")
"""The branch name of a change request's builds."""

KIND = {
    "pull_request": "changeRequest()",
    "tag": "buildingTag()",
    "schedule": "triggeredBy 'TimerTrigger'",
    "manual": "triggeredBy cause: 'UserIdCause'",
}
"""How a kind of build is told; a push is what none of these is."""

Lines = list[str]
"""Conditions that all must hold; a block is its first line, its content and `}`."""


def of_cases(cases: Cases, possible: Sequence[str]) -> Lines | None:
    """Return the lines for cases, none when they are all that is possible.

    Parameters
    ----------
    cases : the kinds of build, and what else must hold
    possible : the kinds of build there can be

    Returns
    -------
    list of str, or None when nothing ever holds
    """
    if not cases:
        return None
    shared = [
        one
        for one in next(iter(cases.values()))
        if one.about == "paths" and all(one in tests for tests in cases.values())
    ]
    groups: dict[tuple[Test, ...], list[str]] = {}
    for build, tests in cases.items():
        groups.setdefault(tuple(one for one in tests if one not in shared), []).append(build)
    alternatives = [
        [*kinds(builds, possible, tests), *lines(tests, builds)]
        for tests, all_builds in groups.items()
        for builds in parts(tests, all_builds)
    ]
    return [*any_of(alternatives), *lines(tuple(shared), ())]


def of_trigger(on: Trigger) -> Lines:
    """Return the lines for what starts a workflow, none when every build does.

    A build started by hand counts as a push where a push of its branch would start it; the cron line stands
    only in the jobs of the schedule's branches.
    """
    alternatives: list[Lines] = []
    request = on.pull_request
    if on.push is not None:
        alternatives += pushes(
            on.push, free=request is not None and not request.branches and not request.paths
        )
    if request is not None:
        tests = (*test("target", request.branches), *test("paths", request.paths))
        alternatives.append(
            lines(tests, ["pull_request"]) if request.branches else ["changeRequest()", *lines(tests, ())]
        )
    if on.push is None or on.push.branches or on.push.tags or on.push.paths:
        if on.schedule:
            alternatives.append([KIND["schedule"]])
        if on.manual is not None:
            guard = [] if request is not None else negated([KIND["pull_request"]])
            alternatives.append([KIND["manual"], *guard])
    return any_of(alternatives)


def pushes(given: Filter, *, free: bool) -> list[Lines]:
    """Return the alternatives for pushes.

    Parameters
    ----------
    given : the filter; one that names only branches lets no tag through, and the reverse
    free : whether every change request starts the workflow anyway
    """
    not_request = [] if free and not given.paths else negated([KIND["pull_request"]])
    paths = lines(test("paths", given.paths), ())
    if not given.branches and not given.tags:
        return [[*not_request, *paths]]
    found: list[Lines] = []
    if given.branches:
        tests = test("branch", given.branches)
        guards = [] if named(tests) else [*not_request, *negated([KIND["tag"]])]
        found.append([*guards, *lines(tests, ()), *paths])
    if given.tags:
        found.append(lines(test("tag", given.tags), ()) or [KIND["tag"]])
    return found


def parts(tests: tuple[Test, ...], builds: list[str]) -> list[list[str]]:
    """Part change requests from other builds where the branch is asked for: they ask for theirs apart."""
    if "pull_request" not in builds or len(builds) == 1 or not any(one.about == "branch" for one in tests):
        return [builds]
    return [[build for build in builds if build != "pull_request"], ["pull_request"]]


def kinds(builds: Sequence[str], known: Sequence[str], tests: tuple[Test, ...]) -> Lines:
    others = [build for build in known if build not in builds]
    if not others or told(builds, tests):
        return []
    if named(tests):
        others = [build for build in others if build not in ("pull_request", "tag")]
    if "push" in builds:
        return [line for build in others if build in KIND for line in negated([KIND[build]])]
    first = [build for build in others if build in ("pull_request", "tag")]
    after = [build for build in builds if build in ("schedule", "manual")]
    guards = [line for build in first if after for line in negated([KIND[build]])]
    return [*any_of([[KIND[build]] for build in builds]), *guards]


def told(builds: Sequence[str], tests: tuple[Test, ...]) -> bool:
    """Tell whether the tests themselves hold for these kinds of build alone."""
    abouts = {one.about for one in tests}
    if list(builds) == ["tag"]:
        return "tag" in abouts
    return list(builds) == ["pull_request"] and bool(abouts & {"target", "branch"})


def named(tests: tuple[Test, ...]) -> bool:
    """Tell whether a test names whole branches, which neither a tag's nor a change request's build has."""
    return any(
        one.about == "branch"
        and not any(WILD.search(each) or NUMBERED.fullmatch(each) for each in one.patterns)
        for one in tests
    )


def lines(tests: tuple[Test, ...], builds: Sequence[str]) -> Lines:
    return [line for one in tests for line in of_test(one, builds)]


def of_test(given: Test, builds: Sequence[str]) -> Lines:
    alternatives = [[pattern_of(given.about, each, builds)] for each in given.patterns]
    if given.about == "paths":
        # A first build, or one started by hand, has no change set: then all may have changed.
        alternatives.append(["expression {", "currentBuild.changeSets.isEmpty()", "}"])
    return any_of(alternatives)


def pattern_of(about: str, pattern: str, builds: Sequence[str]) -> str:
    """Return one condition that asks for a pattern."""
    if about == "paths":
        text, comparator = compare(f"{pattern}**" if pattern.endswith("/") else pattern)
        return f"changeset pattern: {text}{comparator}, caseSensitive: true"
    text, comparator = compare(pattern)
    if about == "target" or (about == "branch" and list(builds) == ["pull_request"]):
        glob = comparator or (", comparator: 'GLOB'" if WILD.search(pattern) else "")
        return f"changeRequest {about}: {text}{glob}"
    return f"{about} pattern: {text}{comparator}" if comparator else f"{about} {text}"


def compare(pattern: str) -> tuple[str, str]:
    """Return a pattern as a literal, and the comparator it needs; Ant's globs, the usual one, need none."""
    whole = all(part == "**" or "**" not in part for part in pattern.split("/"))
    if whole and not pattern.endswith("/"):
        return groovy(pattern), ""
    return groovy(translate(pattern).pattern), ", comparator: 'REGEXP'"


def any_of(alternatives: Sequence[Lines]) -> Lines:
    """Join alternatives; an empty one always holds, and so do all then."""
    unique = [list(one) for one in dict.fromkeys(tuple(one) for one in alternatives)]
    if not all(unique):
        return []
    if len(unique) == 1:
        return unique[0]
    return ["anyOf {", *(line for one in unique for line in all_of(one)), "}"]


def all_of(given: Lines) -> Lines:
    return given if count(given) == 1 else ["allOf {", *given, "}"]


def negated(given: Lines) -> Lines:
    return ["not {", *given, "}"]


def count(given: Lines) -> int:
    """Count the conditions that stand side by side in lines."""
    depth = found = 0
    for line in given:
        found += depth == 0 and line != "}"
        depth += line.endswith("{") - (line == "}")
    return found
