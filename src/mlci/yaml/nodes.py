"""The tree of a YAML text: nodes that know their place, and what unquoted words mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from mlci.yaml.patterns import lazy

PREFIX = "tag:yaml.org,2002:"
STR, NULL, BOOL, INT, FLOAT, MERGE, SEQUENCE, MAPPING = (
    PREFIX + name for name in ("str", "null", "bool", "int", "float", "merge", "sequence", "mapping")
)


class Node:
    """One value of a file, and where it stands.

    `id` is scalar, sequence or mapping; `value` a text, a list of nodes, or a list of (key, value) nodes;
    lines and columns count from 0; `style` is the quote of a scalar, or `|`, `>`; `anchor` is the name it has
    for aliases.
    """

    __slots__ = ("anchor", "column", "end_column", "end_line", "id", "line", "style", "tag", "value")

    def __init__(
        self,
        id: str,
        tag: str,
        value: Any,
        line: int,
        column: int,
        end_line: int,
        end_column: int,
        style: Any,
        anchor: str | None,
    ) -> None:
        self.id = id
        self.tag = tag
        self.value = value
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column
        self.style = style
        self.anchor = anchor

    def __repr__(self) -> str:
        return f"<{self.id} {self.tag.removeprefix(PREFIX)} {self.value!r}>"


class Tree(NamedTuple):
    """What a YAML text holds."""

    roots: list[Node]
    """One node a document."""
    suspects: list[Node]
    """Mappings that may have a key twice, or a key that is no text."""
    unused: list[Node]
    """Nodes with an anchor that no alias names."""


WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), NULL),
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), BOOL),
    "<<": MERGE,
}
"""Unquoted words that are no text, by YAML 1.2's core schema, and the merge key of 1.1."""
NUMERIC = frozenset("+-.0123456789")
"""How an unquoted scalar begins that may be a number."""

NUMBER = lazy(
    r"(?P<int>[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z"
    r"|(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)


def tag_of(text: str) -> str:
    if text[:1] not in NUMERIC:
        return WORDS.get(text, STR)
    found = NUMBER.match(text)
    return STR if found is None else INT if found["int"] else FLOAT


def repeats(pairs: Sequence[tuple[Node, Node]]) -> bool:
    """Tell whether a mapping may have a key twice, or one that is no text."""
    try:
        return len({key.value for key, _ in pairs}) < len(pairs)
    except TypeError:  # a key that is a list or a mapping has a value that cannot be compared so
        return True


def entries(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield a mapping node's pairs, merge keys (`<<`) resolved after its own."""
    merged: list[Node] = []
    for key, value in node.value:
        if key.tag == MERGE:
            merged.extend(value.value if value.id == "sequence" else [value])
        else:
            yield key, value
    for other in {id(one): one for one in merged if one.id == "mapping"}.values():
        yield from entries(other)
