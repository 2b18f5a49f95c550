"""The functions of the expression language, as GitHub documents them."""

from __future__ import annotations

import re
from typing import NamedTuple

from mlci.vendors.github.syntax.expression.tree import Call, Expression, walk
from mlci.vendors.github.syntax.expression.types import ANY, BOOL, LIST, STRING, Type


class Signature(NamedTuple):
    """One way to call a function."""

    name: str
    """As GitHub writes it."""
    parameters: tuple[Type, ...]
    returns: Type
    repeated: bool = False
    """Whether the last parameter may be given again and again."""

    def takes(self, count: int) -> bool:
        """Tell whether this many arguments may be given."""
        if self.repeated:
            return count >= len(self.parameters)
        return count == len(self.parameters)

    def parameter(self, index: int) -> Type:
        return self.parameters[min(index, len(self.parameters) - 1)]


ALL: tuple[Signature, ...] = (
    Signature("contains", (STRING, STRING), BOOL),
    Signature("contains", (LIST, ANY), BOOL),
    Signature("startsWith", (STRING, STRING), BOOL),
    Signature("endsWith", (STRING, STRING), BOOL),
    Signature("format", (STRING, ANY), STRING, repeated=True),
    Signature("join", (LIST, STRING), STRING),
    Signature("join", (STRING, STRING), STRING),
    Signature("join", (LIST,), STRING),
    Signature("join", (STRING,), STRING),
    Signature("toJSON", (ANY,), STRING),
    Signature("fromJSON", (STRING,), ANY),
    Signature("hashFiles", (STRING,), STRING, repeated=True),
    Signature("case", (BOOL, ANY, ANY), ANY, repeated=True),
    Signature("success", (), BOOL),
    Signature("always", (), BOOL),
    Signature("cancelled", (), BOOL),
    Signature("failure", (), BOOL),
)

BY_NAME: dict[str, tuple[Signature, ...]] = {}
for _signature in ALL:
    _key = _signature.name.lower()
    BY_NAME[_key] = (*BY_NAME.get(_key, ()), _signature)

STATUS = frozenset({"success", "always", "cancelled", "failure"})
SPECIAL = STATUS | {"hashfiles"}
"""Functions that exist only at some keys."""
PLACE = re.compile(r"\{\{|\}\}|\{(\d+)\}")
"""What `format` replaces: a brace that stands twice, and a number between braces."""


def names() -> list[str]:
    """Return the functions' names as GitHub writes them."""
    return [signatures[0].name for signatures in BY_NAME.values()]


def status_calls(tree: Expression) -> list[Call]:
    return [node for node in walk(tree) if isinstance(node, Call) and node.name.lower() in STATUS]
