"""How statements stand in a block: which of them share a line, and which could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Expression, Name, Statement
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block


def sharing(tree: Jenkinsfile, body: tuple[Statement, ...]) -> Iterator[tuple[Statement, int, str]]:
    """Yield each statement of a block that runs on into another one on the same line.

    Yields
    ------
    the statement, the offset at which the second one begins, the word it begins with
    """
    before: Statement | None = None
    for statement in body:
        if isinstance(statement, Call) and (link := linked(tree, statement)):
            yield statement, link.name_start, link.name
        elif isinstance(statement, Broken) and before and follows(tree, before, statement):
            written = tree.source.text[statement.start : statement.end].split()
            if written:
                yield statement, statement.start, written[0]
        before = statement


def follows(tree: Jenkinsfile, before: Statement, statement: Statement) -> bool:
    """Tell whether a statement begins on the line where the one before it ends, apart from it."""
    return before.end < statement.start and "\n" not in tree.source.text[before.end : statement.start]


def linked(tree: Jenkinsfile, call: Call) -> Call | None:
    """Return the second statement of `a {…} b {…}`, which Groovy takes for `a(…).b(…)`."""
    found = None
    node: Expression | None = call
    while isinstance(node, Call):
        target = node.target
        if isinstance(target, Call) and "." not in tree.source.text[target.end : node.name_start]:
            found = node
        elif not isinstance(target, Call):
            break
        node = target
    return found


def tidy(tree: Jenkinsfile, body: tuple[Statement, ...]) -> bool:
    """Tell whether every statement of a block could be told from the others."""
    return next(sharing(tree, body), None) is None and not any(isinstance(one, Broken) for one in body)


def declarative_blocks(tree: Jenkinsfile) -> Iterator[tuple[Call, tuple[Statement, ...]]]:
    """Yield every block in which Jenkins allows no free Groovy, with the call it belongs to."""
    left = [pipeline.call for pipeline in reversed(tree.pipelines)]
    while left:
        call = left.pop()
        if call.name in ("script", "expression"):
            continue
        body = block(call)
        if call.closure is not None:
            yield call, body
        inner = [one for one in body if isinstance(one, Call) and one.target is None]
        left.extend(reversed(inner))


def described(tree: Jenkinsfile, statement: Statement) -> str:
    if isinstance(statement, Call) and statement.name and statement.target is None:
        return f"'{statement.name}'"
    if isinstance(statement, Name):
        return f"'{statement.name}'"
    return f"'{tree.text(statement)}'"


def glued(tree: Jenkinsfile) -> Iterator[Broken]:
    """Yield the second half of names such as `1ST` in an environment, which Groovy reads as two words."""
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            body = block(holder.section("environment"))
            for statement, following in pairwise(body):
                if isinstance(following, Broken) and following.start == statement.end:
                    yield following
