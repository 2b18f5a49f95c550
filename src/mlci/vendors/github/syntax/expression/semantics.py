"""Checks what an expression says: its names, its calls, its types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal as Word
from typing import NamedTuple

from mlci.findings import suggest
from mlci.vendors.github.syntax.expression import calls
from mlci.vendors.github.syntax.expression.contexts import ALL_NAMES, Availability
from mlci.vendors.github.syntax.expression.functions import BY_NAME, SPECIAL, STATUS, names
from mlci.vendors.github.syntax.expression.tree import (
    Call,
    Comparison,
    Context,
    Expression,
    Filter,
    Index,
    Literal,
    Logical,
    Not,
    Property,
)
from mlci.vendors.github.syntax.expression.types import (
    ANY,
    BOOL,
    NULL,
    NUMBER,
    STRING,
    Array,
    Object,
    Simple,
    Type,
    comparable,
    of_many,
    show,
)
from mlci.yaml.hints import near

MANY = 20
"""More names than this are not listed in a message."""

Topic = Word["context", "function", "property", "type"]


class Problem(NamedTuple):
    """One thing that is wrong in an expression; offsets are those of its text."""

    topic: Topic
    message: str
    start: int
    end: int
    help: str | None = None


class Checker:
    """Types one expression in one place.

    Parameters
    ----------
    variables : the contexts' types
    here : what may be used at this key
    """

    def __init__(self, variables: Mapping[str, Type], here: Availability) -> None:
        self.variables = variables
        self.here = here
        self.problems: list[Problem] = []

    def report(self, topic: Topic, node: Expression, message: str, help: str | None = None) -> Type:
        """Keep a problem; the type of what is wrong is any, so that one mistake is told once."""
        self.problems.append(Problem(topic, message, node.start, node.end, help))
        return ANY

    def check(self, node: Expression) -> Type:
        match node:
            case Property():
                return self.member(node, self.check(node.receiver), node.name)
            case Context():
                return self.context(node)
            case Literal():
                return literal(node.value)
            case Comparison():
                return self.comparison(node)
            case Logical():
                return self.logical(node)
            case Call():
                return self.call(node)
            case Not():
                self.check(node.operand)
                return BOOL
            case Index():
                return self.index(node)
            case Filter():
                return self.filter(node, self.check(node.receiver))

    def context(self, node: Context) -> Type:
        name = node.name.lower()
        if name not in self.here.contexts:
            known = ", ".join(sorted(self.here.contexts))
            if name in ALL_NAMES:
                said = f"the context '{node.name}' is not available here; available are {known}"
                return self.report("context", node, said)
            said = f"there is no context '{node.name}'; available here are {known}"
            quoted = f"for a text, use single quotes: '{node.name}'"
            return self.report("context", node, said, suggest(node.name, self.here.contexts) or quoted)
        return self.variables[name]

    def member(self, node: Expression, kind: Type, name: str) -> Type:
        """Take a property of a value."""
        if kind is ANY:
            return ANY
        if isinstance(kind, Object):
            found = kind.properties.get(name.lower(), kind.rest)
            return self.missing(node, kind, name) if found is None else found
        if isinstance(kind, Array) and kind.filtered:
            return Array(self.member(node, kind.item, name), filtered=True)
        said = f"'{name}' is taken of something that is no object but {article(kind)}"
        return self.report("type", node, said)

    def missing(self, node: Expression, kind: Object, name: str) -> Type:
        said = f"there is no '{written(node)}'; "
        if len(kind.properties) > MANY:
            said += "GitHub's documentation lists what there is"
        else:
            said += f"there is {', '.join(sorted(kind.properties)) or 'nothing'}"
        return self.report("property", node, said, near(name.lower(), kind.properties))

    def index(self, node: Index) -> Type:
        """Take an element of a value."""
        kind = self.check(node.receiver)
        index = self.check(node.key)
        if isinstance(kind, Array):
            if index not in (NUMBER, ANY):
                return self.report(
                    "type", node.key, f"an array's index must be a number, not {article(index)}"
                )
            return kind.item
        if isinstance(kind, Object):
            return self.key(node, kind, index)
        if kind is ANY:
            return ANY
        return self.report("type", node, f"an element is taken of {article(kind)}")

    def key(self, node: Index, kind: Object, index: Type) -> Type:
        """Take a property of an object by `[…]`."""
        if index not in (STRING, ANY):
            # A port number is what a service's `ports` are asked for, as the documentation shows.
            if index is NUMBER and kind.rest is STRING and self.is_ports(node):
                return STRING
            said = f"an object's property is named by a string, not {article(index)}"
            return self.report("type", node.key, said)
        if isinstance(node.key, Literal):
            return self.member(node, kind, str(node.key.value))
        return kind.rest or of_many(kind.properties.values())

    def is_ports(self, node: Index) -> bool:
        """Tell whether the receiver is `job.services.NAME.ports`."""
        return isinstance(node.receiver, Property) and node.receiver.name.lower() == "ports"

    def filter(self, node: Filter, kind: Type) -> Type:
        if kind is ANY:
            return Array(ANY, filtered=True)
        if isinstance(kind, Object):
            members = list(kind.properties.values())
            return Array(of_many(members if kind.rest is None else [*members, kind.rest]), filtered=True)
        if isinstance(kind, Array):
            if not kind.filtered:
                return Array(kind.item, filtered=True)
            return Array(self.inner(node, kind.item), filtered=True)
        return self.report(
            "type", node, f"'.*' is applied to {article(kind)}; it takes an object or an array"
        )

    def inner(self, node: Filter, kind: Type) -> Type:
        """Apply `.*` to the members of what was filtered already."""
        result = self.filter(node, kind)
        return result.item if isinstance(result, Array) else ANY

    def comparison(self, node: Comparison) -> Type:
        """Compare two values."""
        left, right = self.check(node.left), self.check(node.right)
        if not comparable(left, right, node.operator):
            said = f"{article(left)} cannot be compared with {article(right)} by '{node.operator}'"
            self.report("type", node, said)
        return BOOL

    def logical(self, node: Logical) -> Type:
        kinds = [self.check(operand) for operand in node.operands]
        if all(isinstance(kind, Simple) for kind in kinds):
            return kinds[0] if len(set(kinds)) == 1 else ANY
        return of_many(kinds)

    def call(self, node: Call) -> Type:
        name = node.name.lower()
        kinds = [self.check(argument) for argument in node.arguments]
        if name not in BY_NAME:
            return self.report(
                "function",
                node,
                f"there is no function '{node.name}'; there are {', '.join(names())}",
                suggest(node.name, names()),
            )
        if name in SPECIAL and name not in self.here.functions:
            self.report("function", node, f"'{node.name}()' is not available here; it is {where(name)}")
        for topic, place, said in calls.check(node, kinds):
            self.report("type" if topic == "type" else "function", place, said)
        return calls.result(node, kinds)


def literal(value: str | float | bool | None) -> Type:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOL
    return STRING if isinstance(value, str) else NUMBER


def article(kind: Type) -> str:
    name = show(kind)
    return name if name in ("null", "any") else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def written(node: Expression) -> str:
    """Write a chain of names down as people do."""
    match node:
        case Context():
            return node.name
        case Property():
            return f"{written(node.receiver)}.{node.name}"
        case Filter():
            return f"{written(node.receiver)}.*"
        case Index():
            inner = node.key
            return f"{written(node.receiver)}[{repr(inner.value) if isinstance(inner, Literal) else '…'}]"
        case Call():
            return f"{node.name}(…)"
        case _:
            return "(…)"


def where(name: str) -> str:
    """Say where a special function exists."""
    if name in STATUS:
        return "only in the 'if' of a job or step"
    return "only in a job's steps, where there are files"


def check(
    node: Expression, variables: Mapping[str, Type], here: Availability
) -> tuple[Type, Iterable[Problem]]:
    checker = Checker(variables, here)
    try:
        kind = checker.check(node)
    except RecursionError:
        return ANY, [Problem("type", "the expression is nested too deeply", node.start, node.end)]
    return kind, checker.problems
