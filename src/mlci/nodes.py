"""YAML text to a tree of nodes that know their place: one pass, bounded in depth, size and expansion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from mlci.errors import InputError, input_error
from mlci.findings import Mark

MAX_DEPTH = 100
MAX_NODES = 200_000
"""Values in one file as written; some 100,000 lines."""
MAX_EXPANDED = 250_000
"""Values in one file after every alias is replaced by what it stands for."""
PREFIX = "tag:yaml.org,2002:"
STR, NULL, BOOL, INT, FLOAT, MERGE = (
    PREFIX + name for name in ("str", "null", "bool", "int", "float", "merge")
)


class Node:
    """One value of a file, and where it stands.

    `id` is scalar, sequence or mapping; `value` a text, a list of nodes, or a list of (key, value) nodes;
    marks count lines and columns from 0, as the parser does; `style` is the quote of a scalar, or `|`, `>`;
    `anchor` is the name it has for aliases.
    """

    __slots__ = ("anchor", "end_mark", "id", "start_mark", "style", "tag", "value")

    def __init__(
        self, id: str, tag: str, value: Any, start_mark: Any, end_mark: Any, style: Any, anchor: str | None
    ) -> None:
        self.id = id
        self.tag = tag
        self.value = value
        self.start_mark = start_mark
        self.end_mark = end_mark
        self.style = style
        self.anchor = anchor

    def __repr__(self) -> str:
        return f"<{self.id} {self.tag.removeprefix(PREFIX)} {self.value!r}>"


CORE = re.compile(
    r"(?P<null>~|null|Null|NULL|)$|(?P<bool>true|True|TRUE|false|False|FALSE)$"
    r"|(?P<int>[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    r"|(?P<merge><<)$"
)


def resolve(text: str) -> str:
    """Return the tag of an unquoted scalar, by YAML 1.2's core schema and the merge key of 1.1."""
    found = CORE.match(text)
    return STR if found is None else PREFIX + str(found.lastgroup)


def compose(name: str, text: str) -> list[Node]:
    """Parse text into one node tree a document.

    Raises
    ------
    InputError : the text is no YAML, nested too deeply, too large, or its aliases loop or explode
    """
    from ruamel.yaml.error import YAMLError

    try:
        return Composer(name, text).documents()
    except YAMLError as error:
        raise syntax_error(name, text, error) from error


class Open(NamedTuple):
    """A sequence or mapping whose end has not been met."""

    node: Node
    outer: list[Any]
    before: int
    peak: int
    anchor: str | None


class Anchored(NamedTuple):
    """What an anchor names, with its size and height after aliases are replaced."""

    node: Node
    size: int = 1
    height: int = 0


class Composer:
    """Turns the parser's events into nodes, without recursion: hostile nesting costs nothing."""

    def __init__(self, name: str, text: str) -> None:
        from _ruamel_yaml import CParser  # type: ignore[import-not-found]

        self.name = name
        self.parser = CParser(text)
        self.anchors: dict[str, Anchored] = {}
        self.tags: dict[str, str] = {}
        self.roots: list[Any] = []
        self.stack: list[Open] = []
        self.top = self.roots
        self.count = 0
        self.expanded = 0
        self.peak = 0

    def documents(self) -> list[Node]:
        """Return the root node of each document."""
        from ruamel.yaml import events

        scalar, alias, stream = events.ScalarEvent, events.AliasEvent, events.StreamEndEvent
        sequence, mapping = events.SequenceStartEvent, events.MappingStartEvent
        sequence_end, mapping_end = events.SequenceEndEvent, events.MappingEndEvent
        get = self.parser.get_event
        while True:
            event = get()
            kind = type(event)
            if kind is scalar:
                self.scalar(event)
            elif kind is mapping:
                self.enter(event, "mapping")
            elif kind is mapping_end or kind is sequence_end:
                self.leave(event)
            elif kind is sequence:
                self.enter(event, "sequence")
            elif kind is alias:
                self.top.append(self.follow(event))
            elif kind is stream:
                return self.roots

    def scalar(self, event: Any) -> None:
        """Add a scalar."""
        value, tag = event.value, event.tag
        if tag is None or tag == "!":
            tag = STR
            if event.implicit[0]:
                tag = self.tags.get(value) or self.tags.setdefault(value, resolve(value))
        node = Node("scalar", tag, value, event.start_mark, event.end_mark, event.style, event.anchor)
        self.top.append(node)
        self.expanded += 1
        self.count += 1
        if event.anchor:
            self.anchors[event.anchor] = Anchored(node)
        if self.count > MAX_NODES:
            raise self.refuse(event, f"the file holds more than {MAX_NODES:,} values", "file-too-large")

    def enter(self, event: Any, id: str) -> None:
        """Add a sequence or mapping; what follows goes inside."""
        node = Node(id, event.tag or PREFIX + id, [], event.start_mark, None, event.flow_style, event.anchor)
        self.top.append(node)
        if event.anchor:
            self.anchors[event.anchor] = Anchored(node)
        self.stack.append(Open(node, self.top, self.expanded, self.peak, event.anchor))
        self.top = node.value
        self.expanded += 1
        self.count += 1
        self.peak = len(self.stack)
        if self.peak > MAX_DEPTH:
            raise self.refuse(event, f"the file is nested more than {MAX_DEPTH} levels deep", "nesting")
        if self.count > MAX_NODES:
            raise self.refuse(event, f"the file holds more than {MAX_NODES:,} values", "file-too-large")

    def leave(self, event: Any) -> None:
        """Close the innermost sequence or mapping."""
        node, self.top, before, peak, anchor = self.stack.pop()
        node.end_mark = event.end_mark
        if node.id == "mapping":
            flat = node.value
            node.value = list(zip(flat[::2], flat[1::2], strict=True))
        if anchor and self.anchors[anchor].node is node:
            self.anchors[anchor] = Anchored(node, self.expanded - before, self.peak - len(self.stack))
        self.peak = max(self.peak, peak)

    def follow(self, event: Any) -> Node:
        """Return the node an alias stands for."""
        found = self.anchors.get(event.anchor)
        if found is None:
            said = f"unknown alias '*{event.anchor}'"
            raise self.refuse(event, said, "syntax", "an anchor comes before its aliases")
        if found.node.end_mark is None:
            said = f"the alias '*{event.anchor}' stands inside what it stands for"
            raise self.refuse(event, said, "alias-loop")
        self.expanded += found.size
        self.peak = max(self.peak, len(self.stack) + found.height)
        if self.expanded > MAX_EXPANDED:
            said = f"the file's aliases expand to more than {MAX_EXPANDED:,} values"
            raise self.refuse(event, said, "alias-expansion")
        if self.peak > MAX_DEPTH:
            said = f"the file's aliases nest more than {MAX_DEPTH} levels deep"
            raise self.refuse(event, said, "nesting")
        return found.node

    def refuse(self, event: Any, message: str, rule: str, help: str | None = None) -> InputError:
        """Make the error about one event."""
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        mark = Mark(self.name, start.line + 1, start.column + 1, max(1, length))
        return input_error(mark, message, rule, help)


def syntax_error(name: str, text: str, error: Exception) -> InputError:
    """Make our error of the parser's."""
    where = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if where is None:
        line, column = character_place(text)
        said = "a control character, which YAML does not allow"
        return input_error(Mark(name, line, column), f"not valid YAML: {said}", "syntax")
    mark = Mark(name, where.line + 1, where.column + 1)
    parts = (getattr(error, "context", None), getattr(error, "problem", None))
    said = ", ".join(part for part in parts if part)
    return input_error(mark, f"not valid YAML: {said}", "syntax", syntax_help(text, mark))


def character_place(text: str) -> tuple[int, int]:
    """Return line and column of the first character YAML does not allow."""
    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if found is None:
        return 1, 1
    before = text[: found.start()]
    return before.count("\n") + 1, found.start() - before.rfind("\n")


def syntax_help(text: str, mark: Mark) -> str | None:
    """Guess what the writer meant from the line YAML stumbled over."""
    lines = text.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces; YAML does not allow tabs"
    if line.count(": ") > 1:
        return "quote the value: a colon followed by a space starts a new mapping"
    return None


def entries(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield a mapping node's pairs, merge keys (`<<`) resolved after its own."""
    merged: list[Node] = []
    for key, value in node.value:
        if key.tag == MERGE:
            merged.extend(value.value if value.id == "sequence" else [value])
        else:
            yield key, value
    for other in merged:
        if other.id == "mapping":
            yield from entries(other)
