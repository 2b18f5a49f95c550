"""When a job runs: mlci's conditions as an `if:`, as far as GitHub's expressions can say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mlci.language.model import Condition
from mlci.planning.conditions import matches
from mlci.vendors.github.render.text import string

EVENT_TESTS = {
    "pull_request": "github.event_name == 'pull_request'",
    "schedule": "github.event_name == 'schedule'",
    "manual": "github.event_name == 'workflow_dispatch'",
}


class Start(NamedTuple):
    """What is known of a workflow's runs beforehand."""

    events: frozenset[str]
    scheduled_branch: str
    """The branch a scheduled run checks out; "" for the one GitHub says."""
    owners: dict[Condition, str]
    """Each condition without its events -> the job under whose name `mlci select` answers for it."""
    select: str
    """The id of the job that runs `mlci select`."""


def native(condition: Condition, start: Start) -> bool:
    """Tell whether GitHub's expressions can say a condition."""
    if condition.paths:
        return False
    decided = start.scheduled_branch and start.events == {"schedule"}
    branches = () if decided else condition.branch
    return all(prefix_or_name(pattern) is not None for pattern in (*branches, *condition.tag))


def prefix_or_name(pattern: str) -> tuple[str, str] | None:
    """Return ("name", text), ("prefix", text) or ("flat prefix", text, no / after it); else None."""
    if "?" in pattern or pattern.endswith("/"):
        return None
    bare = pattern.rstrip("*")
    stars = len(pattern) - len(bare)
    if "*" in bare or stars > 2:
        return None
    if stars == 2:
        return None if bare.endswith("**/") else ("prefix", bare)
    if stars == 1:
        return None if "/" in bare else ("flat prefix", bare)
    return "name", bare


def if_of(conditions: Sequence[Condition], start: Start) -> str:
    """Return the expression of conditions that all must hold; "" when they always do."""
    terms: list[str] = []
    for condition in conditions:
        terms.extend(events_term(condition.event, start.events))
        terms.extend(refs_terms(condition, start))
    unique = list(dict.fromkeys(terms))
    if "false" in unique:
        return "false"
    return unique[0].strip("()") if len(unique) == 1 and is_choice(unique[0]) else " && ".join(unique)


def is_choice(term: str) -> bool:
    """Tell whether a term is one made by `any_of`, whose parentheses a lone term does not need."""
    return term.startswith("(") and term.endswith(")") and term.count("(") == 1


def events_term(wanted: Sequence[str], possible: frozenset[str]) -> Iterable[str]:
    """Yield the test of the events, if it can fail."""
    if not wanted or possible <= set(wanted):
        return
    kept = possible & set(wanted)
    if not kept:
        yield "false"
    elif possible - kept <= set(EVENT_TESTS) and len(possible - kept) < len(kept):
        yield " && ".join(EVENT_TESTS[event].replace("==", "!=") for event in sorted(possible - kept))
    else:
        yield any_of(
            [*pushed(kept, possible), *(EVENT_TESTS[event] for event in EVENT_TESTS if event in kept)]
        )


def pushed(kept: frozenset[str], possible: frozenset[str]) -> Iterable[str]:
    """Yield the tests of pushes, which GitHub tells from tags by the kind of ref."""
    if {"push", "tag"} & possible <= kept and {"push", "tag"} & kept:
        yield "github.event_name == 'push'"
    elif "push" in kept:
        yield "github.event_name == 'push' && github.ref_type == 'branch'"
    elif "tag" in kept:
        yield "github.ref_type == 'tag'"


def refs_terms(condition: Condition, start: Start) -> Iterable[str]:
    if not (condition.branch or condition.tag or condition.paths):
        return
    if not native(condition, start):
        owner = start.owners[condition.__class__(condition.branch, condition.tag, (), condition.paths)]
        yield f"needs.{start.select}.outputs.{owner} == 'true'"
        return
    if condition.branch:
        yield from branch_terms(condition.branch, start)
    if condition.tag:
        yield any_of([tests(pattern, "github.ref", "refs/tags/") for pattern in condition.tag])


def branch_terms(patterns: Sequence[str], start: Start) -> Iterable[str]:
    """Yield the test of the branch; a pull request's is the one it comes from."""
    if start.scheduled_branch and start.events == {"schedule"}:
        if not any(matches(pattern, start.scheduled_branch) for pattern in patterns):
            yield "false"
        return
    scheduled = (
        start.scheduled_branch and f"github.event_name == 'schedule' && {string(start.scheduled_branch)}"
    )
    if "pull_request" not in start.events and not scheduled:
        yield any_of([tests(pattern, "github.ref", "refs/heads/") for pattern in patterns])
        return
    if "tag" in start.events:
        yield "github.ref_type == 'branch'"
    sources = [scheduled, "github.head_ref" if "pull_request" in start.events else "", "github.ref_name"]
    branch = f"({' || '.join(source for source in sources if source)})"
    yield any_of([tests(pattern, branch, "") for pattern in patterns])


def tests(pattern: str, value: str, before: str) -> str:
    kind, text = prefix_or_name(pattern) or ("name", pattern)
    if kind == "name":
        return f"{value} == {string(before + text)}"
    name = value.replace("github.ref", "github.ref_name") if before else value
    flat = f" && !contains({name}, '/')" if kind == "flat prefix" else ""
    return f"startsWith({value}, {string(before + text)}){flat}"


def any_of(tests: Sequence[str]) -> str:
    unique = list(dict.fromkeys(tests))
    if len(unique) == 1:
        return unique[0]
    return "(" + " || ".join(unique) + ")"
