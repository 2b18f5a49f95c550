"""Whose text a context holds: what strangers can write.

Source: GitHub's documentation, "Secure use reference", and the payloads of its webhooks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from mlci.vendors.github.syntax.expression.tree import Call, Expression, Filter, Index, Logical, Property

NAMES = """
github.head_ref
github.event.issue.title
github.event.issue.body
github.event.pull_request.title
github.event.pull_request.body
github.event.pull_request.head.ref
github.event.pull_request.head.label
github.event.pull_request.head.repo.default_branch
github.event.pull_request.head.repo.description
github.event.pull_request.head.repo.homepage
github.event.comment.body
github.event.review.body
github.event.review_comment.body
github.event.discussion.title
github.event.discussion.body
github.event.pages.*.page_name
github.event.commits.*.message
github.event.commits.*.author.email
github.event.commits.*.author.name
github.event.head_commit.message
github.event.head_commit.author.email
github.event.head_commit.author.name
github.event.head_commit.committer.email
github.event.head_commit.committer.name
github.event.workflow_run.head_branch
github.event.workflow_run.display_title
github.event.workflow_run.head_commit.message
github.event.workflow_run.head_commit.author.email
github.event.workflow_run.head_commit.author.name
github.event.workflow_run.head_repository.description
github.event.workflow_run.pull_requests.*.head.ref
github.event.check_run.check_suite.head_branch
github.event.check_suite.head_branch
"""

PASSING = frozenset(("format", "join", "tojson", "fromjson", "case"))
"""Functions that return what they are given."""


@cache
def sources() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split(".")) for line in NAMES.split())


def source(names: tuple[str, ...]) -> str | None:
    """Return the context that strangers write among those a chain of names means; None when there is none.

    A number in brackets and `*` stand for any member; a chain that ends early means all below it, which only
    `toJSON` turns into text.
    """
    if names[0] != "github" or names in (("github",), ("github", "event")):
        return None
    for known in sources():
        if len(known) >= len(names) and all(map(fits, names, known)):
            return ".".join(known if "*" in names else (*names, *known[len(names) :]))
    return None


def fits(one: str, other: str) -> bool:
    """Tell whether a name may mean a known member; `*` means any, and a list's members are `*` only."""
    return one in ("*", other)


def flows(node: Expression) -> Iterator[Expression]:
    """Yield the parts of an expression whose text may be in its value."""
    if isinstance(node, Property | Index | Filter):
        yield node
    elif isinstance(node, Logical):
        for operand in node.operands:
            yield from flows(operand)
    elif isinstance(node, Call) and node.name.lower() in PASSING:
        for argument in node.arguments:
            yield from flows(argument)


def is_inputs(names: tuple[str, ...]) -> bool:
    """Tell whether a chain means an input."""
    return (len(names) == 2 and names[0] == "inputs") or (
        len(names) == 4 and names[:3] == ("github", "event", "inputs")
    )
