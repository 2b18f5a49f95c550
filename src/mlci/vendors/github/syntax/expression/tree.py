"""What an expression is made of; every node knows where it begins and ends in its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class ExpressionError(Exception):
    """The text is no expression; `start` is the offset where reading stopped."""

    def __init__(self, message: str, start: int, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.length = length


class Literal(NamedTuple):
    """A string, number, boolean or null."""

    value: str | float | bool | None
    start: int
    end: int


class Context(NamedTuple):
    """A name that stands alone: `github`."""

    name: str
    start: int
    end: int


class Property(NamedTuple):
    """`receiver.name`; the name is kept as written."""

    receiver: Expression
    name: str
    start: int
    end: int


class Index(NamedTuple):
    """`receiver[key]`."""

    receiver: Expression
    key: Expression
    start: int
    end: int


class Filter(NamedTuple):
    """`receiver.*`."""

    receiver: Expression
    start: int
    end: int


class Call(NamedTuple):
    """`name(arguments)`."""

    name: str
    arguments: tuple[Expression, ...]
    start: int
    end: int


class Not(NamedTuple):
    """`!operand`."""

    operand: Expression
    start: int
    end: int


class Comparison(NamedTuple):
    """`left operator right`."""

    operator: str
    left: Expression
    right: Expression
    start: int
    end: int


class Logical(NamedTuple):
    """Two or more operands joined by `&&` or by `||`; flat, since a long chain is not deep."""

    operator: str
    operands: tuple[Expression, ...]
    start: int
    end: int


Expression = Literal | Context | Property | Index | Filter | Call | Not | Comparison | Logical


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the expressions a node is made of, in order."""
    match node:
        case Property() | Filter():
            return (node.receiver,)
        case Index():
            return (node.receiver, node.key)
        case Call():
            return node.arguments
        case Not():
            return (node.operand,)
        case Comparison():
            return (node.left, node.right)
        case Logical():
            return node.operands
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def chain(node: Expression) -> tuple[str, ...] | None:
    """Return `github.event.*.body` as its lower-case names, None when it is not such a chain."""
    names: list[str] = []
    while not isinstance(node, Context):
        if isinstance(node, Property):
            names.append(node.name.lower())
        elif isinstance(node, Filter):
            names.append("*")
        elif isinstance(node, Index):
            named = isinstance(node.key, Literal) and isinstance(node.key.value, str)
            names.append(str(node.key.value).lower() if named else "*")  # type: ignore[union-attr]
        else:
            return None
        node = node.receiver
    names.append(node.name.lower())
    return tuple(reversed(names))
