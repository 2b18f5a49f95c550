"""The lines of an options, triggers, parameters or libraries block: calls without blocks."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Broken,
    Call,
    Closure,
    ListOf,
    MapOf,
    Name,
    Statement,
    walk,
)
from mlci.vendors.jenkins.syntax.layout import described, linked
from mlci.vendors.jenkins.syntax.model import Jenkinsfile

BLOCKED = frozenset({"node", "parallel", "properties", "stage"})
"""Steps that Jenkins refuses as arguments of a directive."""


def check_entries(
    tree: Jenkinsfile, body: tuple[Statement, ...], what: str, rule: str
) -> Iterator[Finding | Call]:
    """Yield each proper call of a block, and a finding for each statement that is none.

    Parameters
    ----------
    what : what the block holds, with its article
    rule : the id under which to report
    """
    for statement in body:
        if isinstance(statement, Broken) or (isinstance(statement, Call) and linked(tree, statement)):
            continue
        found = wrong_form(tree, statement, what, rule)
        if found:
            yield found
        elif isinstance(statement, Call):
            yield from blocked_arguments(tree, statement, rule)
            yield statement


def wrong_form(tree: Jenkinsfile, statement: Statement, what: str, rule: str) -> Finding | None:
    """Return a finding when a statement is no call, or a call with a block."""
    if isinstance(statement, (MapOf, ListOf)):
        return tree.finding(
            statement, f"{what} cannot be written as a map", rule, help="use its name: name(…)"
        )
    if isinstance(statement, Closure):
        return tree.finding(statement, f"{what} cannot be a block", rule)
    if not isinstance(statement, Call) or statement.target is not None or not statement.name:
        help = f"write {statement.name}()" if isinstance(statement, Name) else "write name(…)"
        return tree.finding(statement, f"{described(tree, statement)} is not {what}", rule, help=help)
    if statement.closure:
        message = f"'{statement.name}' cannot have a block here"
        return tree.finding(statement, message, rule, help="give it arguments in parentheses")
    inner = next((node for node in walk(statement) if isinstance(node, Closure)), None)
    if inner is not None:
        return tree.finding(inner, f"an argument of '{statement.name}' cannot be a block", rule)
    return None


def blocked_arguments(tree: Jenkinsfile, call: Call, rule: str) -> Iterator[Finding]:
    """Yield steps among the arguments that Jenkins refuses there."""
    for node in walk(*call.arguments):
        if isinstance(node, Call) and node.target is None and node.name in BLOCKED:
            yield tree.finding(node, f"'{node.name}' cannot be an argument of '{call.name}'", rule)
