"""What anchors name, and what aliases stand for."""

from __future__ import annotations

import re
from typing import NamedTuple

from mlci.yaml.fast_reader.lines import Unusual
from mlci.yaml.nodes import Node
from mlci.yaml.patterns import lazy

MAX_EXPANDED = 50_000
MAX_HEIGHT = 50

ONE_PROPERTY = lazy(r"(?:&([\w-]+)|(![\w.-]+))(?:[ ]+|(?=\n))", re.ASCII)

ALIAS = lazy(r"\*([\w-]+)(?=[\s,\]}])", re.ASCII)


class Properties(NamedTuple):
    """An anchor and a tag, and where the first of them stands."""

    anchor: str | None
    tag: str | None
    line: int
    column: int


class Anchors:
    """The anchors of a document."""

    def __init__(self) -> None:
        self.by_name: dict[str, Node] = {}
        self.all: list[Node] = []
        self.used: set[int] = set()
        self.measured: dict[int, tuple[int, int]] = {}
        self.expanded = 0

    def read(self, text: str, start: int, line: int, column: int) -> tuple[Properties, int]:
        """Read an anchor, a tag or both; return where they end, too."""
        anchor = tag = None
        while found := ONE_PROPERTY.match(text, start):
            if (found[1] and anchor) or (found[2] and tag):
                raise Unusual
            anchor, tag = anchor or found[1], tag or found[2]
            start = found.end()
        if anchor is None and tag is None:
            raise Unusual
        return Properties(anchor, tag, line, column), start

    def add(self, node: Node) -> None:
        if node.anchor:
            self.by_name[node.anchor] = node
            self.all.append(node)

    def forget(self, name: str | None) -> None:
        """Forget what an anchor named; it is about to name something that may not hold itself."""
        self.by_name.pop(name or "", None)

    def follow(self, text: str, offset: int) -> tuple[Node, int]:
        found = ALIAS.match(text, offset)
        node = self.by_name.get(found[1]) if found else None
        if found is None or node is None or node.end_line < 0:
            raise Unusual
        size, height = self.measure(node)
        self.expanded += size
        if self.expanded > MAX_EXPANDED or height > MAX_HEIGHT:
            raise Unusual
        self.used.add(id(node))
        return node, found.end()

    def measure(self, node: Node) -> tuple[int, int]:
        """Return how many values a node stands for, and how deep they are nested."""
        if node.id == "scalar":
            return 1, 0
        known = self.measured.get(id(node))
        if known is None:
            inner = node.value if node.id == "sequence" else [one for pair in node.value for one in pair]
            parts = [self.measure(one) for one in inner]
            size = 1 + sum(size for size, _ in parts)
            known = self.measured[id(node)] = size, 1 + max((height for _, height in parts), default=0)
        return known

    def unused(self) -> list[Node]:
        """Return the nodes with an anchor that no alias names."""
        return [node for node in self.all if id(node) not in self.used]
