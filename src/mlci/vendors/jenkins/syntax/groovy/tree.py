"""Groovy as a tree: just as much of the language as a pipeline's reader needs to know.

Every node has `start` and `end`, offsets into the text. Operators are kept flat, in the order written:
who needs precedence can find it, and nobody here does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast


class Literal(NamedTuple):
    """A constant: string without interpolation, number, true, false or null."""

    start: int
    end: int
    value: str | int | float | bool | None
    raw: str = ""
    """A number as written; a string's opening quote."""


class Template(NamedTuple):
    """A string with code in it."""

    start: int
    end: int
    parts: tuple[str | Hole, ...]
    raw: str = '"'


class Hole(NamedTuple):
    """One `${…}` or `$name` of a template."""

    start: int
    end: int
    value: Expression | None


class Name(NamedTuple):
    """A bare word."""

    start: int
    end: int
    name: str


class Member(NamedTuple):
    """`target.name`, without a call."""

    start: int
    end: int
    target: Expression
    name: str


class Index(NamedTuple):
    """`target[…]`."""

    start: int
    end: int
    target: Expression
    arguments: tuple[Argument, ...]


class Argument(NamedTuple):
    """One argument of a call or one entry of a list or map."""

    start: int
    end: int
    key: str | None
    """`key:` as text; None for a positional one."""
    value: Expression
    key_start: int = -1


class Call(NamedTuple):
    """`name(…)`, `name …`, `name {…}`, or any of them on a target; a closure is the last argument."""

    start: int
    end: int
    target: Expression | None
    name: str
    """Empty when what is called is no name."""
    arguments: tuple[Argument, ...]
    name_start: int

    @property
    def closure(self) -> Closure | None:
        """The block at the end of the call, if it has one."""
        if self.arguments and self.arguments[-1].key is None:
            last = self.arguments[-1].value
            if isinstance(last, Closure):
                return last
        return None

    @property
    def plain(self) -> tuple[Argument, ...]:
        """The arguments without the block at the end."""
        return self.arguments[:-1] if self.closure is not None else self.arguments


class ListOf(NamedTuple):
    """`[a, b]`."""

    start: int
    end: int
    items: tuple[Argument, ...]


class MapOf(NamedTuple):
    """`[a: b]`."""

    start: int
    end: int
    items: tuple[Argument, ...]


class Closure(NamedTuple):
    """`{ … }`."""

    start: int
    end: int
    body: tuple[Statement, ...]
    has_parameters: bool = False


class Chain(NamedTuple):
    """Operands with the operators between them, flat."""

    start: int
    end: int
    operands: tuple[Expression, ...]
    operators: tuple[str, ...]


class Unary(NamedTuple):
    """An operator before an operand, a cast, or `new Type(…)`."""

    start: int
    end: int
    operator: str
    operand: Expression


class Broken(NamedTuple):
    """What could not be read."""

    start: int
    end: int


class Assign(NamedTuple):
    """`target = value`, or with another assigning operator."""

    start: int
    end: int
    target: Expression
    operator: str
    value: Statement


class Declare(NamedTuple):
    """`def name = value`, `Type name`."""

    start: int
    end: int
    name: str
    value: Expression | None


class Control(NamedTuple):
    """`if`, `for`, `try`, a class … : a keyword, what stands in its parentheses, its block."""

    start: int
    end: int
    keyword: str
    header: tuple[Argument, ...]
    body: tuple[Statement, ...]


class Jump(NamedTuple):
    """`return`, `throw`, `assert`, `break`, `continue`."""

    start: int
    end: int
    keyword: str
    value: Expression | None


class Method(NamedTuple):
    """A method's definition."""

    start: int
    end: int
    name: str
    body: tuple[Statement, ...]


class Annotation(NamedTuple):
    """`@Name(…)`."""

    start: int
    end: int
    name: str
    arguments: tuple[Argument, ...]


class Labelled(NamedTuple):
    """`label:`; the statement it labels comes next."""

    start: int
    end: int
    label: str


class Import(NamedTuple):
    """`import …` or `package …`."""

    start: int
    end: int
    name: str


Expression = (
    Literal | Template | Name | Member | Index | Call | ListOf | MapOf | Closure | Chain | Unary | Broken
)
Statement = Expression | Assign | Declare | Control | Jump | Method | Annotation | Labelled | Import
Node = Statement | Argument | Hole


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly inside a node, in the order written."""
    if isinstance(node, (Literal, Name, Broken, Import, Labelled)):
        return
    for value in node:
        if not isinstance(value, tuple):
            continue
        for part in (value,) if hasattr(value, "start") else value:
            if hasattr(part, "start"):
                yield cast(Node, part)


def walk(*roots: Node) -> Iterator[Node]:
    """Yield nodes and all that is inside them, in the order written, without recursion."""
    left: list[Node] = list(reversed(roots))
    while left:
        node = left.pop()
        yield node
        left.extend(reversed(list(children(node))))


def text_of(node: Node | None) -> str | None:
    """Return the string a node always is: a literal, or literals joined by `+`; else None."""
    if isinstance(node, Literal):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, Chain) and all(operator == "+" for operator in node.operators):
        parts = [text_of(operand) for operand in node.operands]
        return None if None in parts else "".join(part for part in parts if part is not None)
    return None
