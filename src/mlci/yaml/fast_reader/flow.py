"""Values that carry their own end: lists and mappings in brackets, quotes, aliases."""

from __future__ import annotations

import re
from typing import Any

from mlci.yaml.fast_reader import scalar
from mlci.yaml.fast_reader.anchors import Anchors
from mlci.yaml.fast_reader.lines import MAX_KEY, Unusual
from mlci.yaml.nodes import MAPPING, SEQUENCE, STR, Node, repeats, tag_of
from mlci.yaml.patterns import lazy

MAX_DEPTH = 20
QUOTES = ("'", '"')

TAG = lazy(r"(![\w.-]+)[ ]+(?=[^\s,\]}])", re.ASCII)

SPACE = lazy(r"(?:[ \n]+|(?<=[ \n])\#[^\n]*)*")

PLAIN = lazy(
    r"""(?:[^\s\-?:,\[\]{}\#&*!|>'"%@`]|-(?=[^\s,\[\]{}]))[^\n:\#,\[\]{}?]*"""
    r"""(?:(?::(?=[^\s,\[\]{}?])|(?<=\S)\#)[^\n:\#,\[\]{}?]*)*""",
    re.ASCII,
)
"""A plain scalar on one line; in brackets, it holds none."""


class Flow:
    """A place in the text, and what is read from there on."""

    def __init__(self, text: str, anchors: Anchors, offset: int, line: int, start: int) -> None:
        self.text = text
        self.anchors = anchors
        self.offset = offset
        self.line = line
        self.start = start
        """Where the line begins."""

    def node(self, depth: int) -> Node:
        """Read one value."""
        first = self.text[self.offset : self.offset + 1]
        if depth > MAX_DEPTH:
            raise Unusual
        if first == "[":
            return self.listing(depth)
        if first == "{":
            return self.mapping(depth)
        if first in QUOTES:
            return self.quoted()
        if first == "!":
            return self.tagged(depth)
        if first == "*":
            node, self.offset = self.anchors.follow(self.text, self.offset)
            return node
        return self.plain()

    def tagged(self, depth: int) -> Node:
        """Read a value with a tag before it."""
        line, column = self.place()
        found = TAG.match(self.text, self.offset)
        if found is None or self.text.startswith(("*", "!"), found.end()):
            raise Unusual
        self.offset = found.end()
        node = self.node(depth + 1)
        node.tag, node.line, node.column = found[1], line, column
        return node

    def space(self) -> str:
        """Pass white space and comments; return the character behind."""
        found = SPACE.match(self.text, self.offset)
        end = found.end() if found else self.offset
        self.pass_lines(end)
        return self.text[end : end + 1]

    def pass_lines(self, end: int) -> None:
        breaks = self.text.count("\n", self.offset, end)
        if breaks:
            self.line += breaks
            self.start = self.text.rindex("\n", self.offset, end) + 1
        self.offset = end

    def place(self) -> tuple[int, int]:
        return self.line, self.offset - self.start

    def made(self, id: str, tag: str, value: Any, begun: tuple[int, int], style: Any) -> Node:
        return Node(id, tag, value, *begun, *self.place(), style, None)

    def plain(self) -> Node:
        found, begun = PLAIN.match(self.text, self.offset), self.place()
        if found is None:
            raise Unusual
        text = found[0].rstrip(" \t")
        self.offset += len(text)
        return self.made("scalar", tag_of(text), text, begun, "")

    def quoted(self) -> Node:
        style, begun = self.text[self.offset], self.place()
        found = scalar.quoted(self.text, self.offset)
        self.pass_lines(found.end)
        return self.made("scalar", STR, found.value, begun, style)

    def listing(self, depth: int) -> Node:
        """Read a list in brackets."""
        begun, values = self.place(), []
        self.offset += 1
        following = self.space()
        while following != "]":
            value = self.node(depth + 1)
            if self.text[self.offset : self.offset + 1] == ":":
                value = self.pair(value, depth + 1)
            values.append(value)
            following = self.comma("]")
        self.offset += 1
        return self.made("sequence", SEQUENCE, values, begun, True)

    def pair(self, key: Node, depth: int) -> Node:
        """Read on from the key of a mapping that is an item of a list: `[key: value]`."""
        self.colon(key)
        self.space()
        value = self.node(depth + 1)
        self.space()
        return self.made("mapping", MAPPING, [(key, value)], (key.line, key.column), True)

    def comma(self, end: str) -> str:
        """Pass a comma, if the end is not reached; return the character behind."""
        following = self.space()
        if following == ",":
            self.offset += 1
            return self.space()
        if following != end:
            raise Unusual
        return following

    def mapping(self, depth: int) -> Node:
        """Read a mapping in braces."""
        begun = self.place()
        values: list[tuple[Node, Node]] = []
        self.offset += 1
        following = self.space()
        while following != "}":
            key = self.key()
            self.space()
            values.append((key, self.node(depth + 1)))
            following = self.comma("}")
        self.offset += 1
        if repeats(values):
            raise Unusual
        return self.made("mapping", MAPPING, values, begun, True)

    def key(self) -> Node:
        key = self.quoted() if self.text.startswith(QUOTES, self.offset) else self.plain()
        self.colon(key)
        return key

    def colon(self, key: Node) -> None:
        if key.id != "scalar" or key.line != key.end_line or len(key.value) > MAX_KEY:
            raise Unusual
        colon, behind = self.text[self.offset : self.offset + 1], self.text[self.offset + 1 : self.offset + 2]
        if colon != ":" or not (key.style or behind in " \n"):
            raise Unusual
        self.offset += 1
