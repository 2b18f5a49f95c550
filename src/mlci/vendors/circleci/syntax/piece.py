"""A piece of a file as a reader of the language needs it: plain data, and ways down."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Protocol

from mlci.vendors.circleci.syntax.plain import plain
from mlci.yaml.document import Node
from mlci.yaml.tree import items, sequence


class Piece(Protocol):
    """What stands somewhere, or what has become of it."""

    @property
    def value(self) -> Any:
        """Plain data."""

    def entries(self) -> Iterator[tuple[str, Piece]]:
        """Yield a mapping's keys and values."""

    def items(self) -> Iterator[Piece]:
        """Yield a list's items."""


class Placed:
    """A node as a piece, with the key that it stands under."""

    def __init__(self, node: Node, key: Node) -> None:
        self.node, self.key = node, key

    @cached_property
    def value(self) -> Any:
        return plain(self.node)

    def entries(self) -> Iterator[tuple[str, Piece]]:
        return ((one.name, Placed(one.value, one.key)) for one in items(self.node))

    def items(self) -> Iterator[Piece]:
        return (Placed(one, self.key) for one in sequence(self.node))
