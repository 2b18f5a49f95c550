"""What GitHub's expressions come to; the linter's own parser reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlci.errors import InputError
from mlci.vendors.github.runner.functions import call
from mlci.vendors.github.runner.values import equal, less, member, text, true
from mlci.vendors.github.syntax.embedded_expressions import expressions_in, is_whole
from mlci.vendors.github.syntax.expression.functions import status_calls
from mlci.vendors.github.syntax.expression.parser import parse
from mlci.vendors.github.syntax.expression.tree import (
    Call,
    Comparison,
    Context,
    Expression,
    ExpressionError,
    Filter,
    Index,
    Literal,
    Logical,
    Not,
    Property,
)

FINE: Mapping[str, bool] = {"success": True, "failure": False, "cancelled": False, "always": True}
"""The status functions where nothing has gone wrong."""


class Scope(NamedTuple):
    """What expressions may name at one place."""

    contexts: Mapping[str, Any]
    status: Mapping[str, bool] = FINE


class Many(list[Any]):
    """What `.*` made: names asked of it are asked of each item."""


def evaluate(source: str, scope: Scope) -> Any:
    """Work out what stands between `${{` and `}}`.

    Raises
    ------
    InputError : it is no expression, or names something that is not known here
    """
    return value(read_expression(source), scope)


def read_expression(source: str) -> Expression:
    tree = parse(source)
    if isinstance(tree, ExpressionError):
        raise InputError(f"not an expression: {source.strip()}: {tree.message}")
    return tree


def interpolate(source: Any, scope: Scope) -> Any:
    """Work out the expressions in a value, in lists and mappings too; one alone keeps its type."""
    if isinstance(source, Mapping):
        return {name: interpolate(each, scope) for name, each in source.items()}
    if isinstance(source, list):
        return [interpolate(each, scope) for each in source]
    if not isinstance(source, str) or "${{" not in source:
        return source
    if is_whole(source):
        return evaluate(next(expressions_in(source)).text, scope)
    parts, at = [], 0
    for piece in expressions_in(source):
        parts += [source[at : piece.start], text(evaluate(piece.text, scope))]
        at = piece.end
    return "".join([*parts, source[at:]])


def holds(condition: str | None, scope: Scope) -> bool:
    """Tell whether an `if:` holds; one that asks nothing about the status holds only while all is well."""
    if condition is None:
        return scope.status["success"]
    tree = read_expression(bare(condition))
    return (bool(status_calls(tree)) or scope.status["success"]) and true(value(tree, scope))


def bare(condition: str) -> str:
    """Return a condition without the `${{ }}` around it."""
    return next(expressions_in(condition)).text if is_whole(condition) else condition


def value(node: Expression, scope: Scope) -> Any:
    """Return what a node comes to."""
    match node:
        case Literal():
            return node.value
        case Context():
            return context(node, scope)
        case Property():
            return inside(value(node.receiver, scope), node.name)
        case Index():
            return inside(value(node.receiver, scope), value(node.key, scope))
        case Filter():
            return spread(value(node.receiver, scope))
        case Call():
            return call(node.name, [value(each, scope) for each in node.arguments], scope.status)
        case Not():
            return not true(value(node.operand, scope))
        case Comparison():
            return compare(node, scope)
        case Logical():
            return join(node, scope)


def context(node: Context, scope: Scope) -> Any:
    name = node.name.casefold()
    if name not in scope.contexts:
        raise InputError(f"'{node.name}' is not known before the job runs")
    return scope.contexts[name]


def inside(holder: Any, key: Any) -> Any:
    if isinstance(holder, Many):
        found = [member(each, key) for each in holder]
        return Many(each for each in found if each is not None)
    return member(holder, key)


def spread(holder: Any) -> Many:
    if isinstance(holder, Mapping):
        return Many(holder.values())
    return Many(holder) if isinstance(holder, list) else Many()


def compare(node: Comparison, scope: Scope) -> bool:
    """Compare two values."""
    left, right = value(node.left, scope), value(node.right, scope)
    match node.operator:
        case "==":
            return equal(left, right)
        case "!=":
            return not equal(left, right)
        case "<":
            return less(left, right)
        case ">":
            return less(right, left)
        case "<=":
            return less(left, right) or equal(left, right)
        case _:
            return less(right, left) or equal(left, right)


def join(node: Logical, scope: Scope) -> Any:
    found: Any = None
    for operand in node.operands:
        found = value(operand, scope)
        if true(found) != (node.operator == "&&"):
            break
    return found
