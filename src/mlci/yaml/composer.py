"""Any YAML text to its tree, by the events of the full parser: bounded in depth, size and expansion."""

from __future__ import annotations

from typing import Any, NamedTuple

from mlci.errors import InputError, input_error
from mlci.findings import Mark
from mlci.yaml.nodes import PREFIX, STR, Node, Tree, repeats, tag_of
from mlci.yaml.syntax_errors import COLON, syntax_error

MAX_DEPTH = 100
MAX_NODES = 200_000
"""Values in one file as written; some 100,000 lines."""
MAX_EXPANDED = 250_000
"""Values in one file after every alias is replaced by what it stands for."""
MAX_SLOW = 50_000
"""Of a longer text the fast parser has the last word."""
UNKNOWN = -1
"""Where a collection ends that is still open."""


def compose(name: str, text: str) -> Tree:
    """Parse text into one node tree a document.

    Raises
    ------
    InputError : the text is no YAML, nested too deeply, too large, or its aliases loop or explode
    """
    from _ruamel_yaml import CParser  # type: ignore[import-not-found]
    from ruamel.yaml.error import YAMLError

    try:
        return Composer(name, CParser(text)).tree()
    except YAMLError as error:
        if getattr(error, "problem", None) == COLON and len(text) < MAX_SLOW:
            return compose_slowly(name, text)
        raise syntax_error(name, text, error) from error


def compose_slowly(name: str, text: str) -> Tree:
    """Parse a text in which the fast parser, older than the others, refuses `[registry:5000/image]`.

    Raises
    ------
    InputError : as of `compose`
    """
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.loader import SafeLoader

    try:
        return Composer(name, SafeLoader(text)).tree()
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

    def __init__(self, name: str, parser: Any) -> None:
        self.name = name
        self.parser = parser
        self.anchors: dict[str, Anchored] = {}
        self.anchored: list[Node] = []
        self.used: set[int] = set()
        self.suspects: list[Node] = []
        self.roots: list[Any] = []
        self.stack: list[Open] = []
        self.top = self.roots
        self.count = 0
        self.expanded = 0
        self.peak = 0

    def tree(self) -> Tree:
        """Read all events."""
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
                unused = [node for node in self.anchored if id(node) not in self.used]
                return Tree(self.roots, self.suspects, unused)

    def scalar(self, event: Any) -> None:
        """Add a scalar."""
        value, tag, start, end = event.value, event.tag, event.start_mark, event.end_mark
        if tag is None or tag == "!":
            tag = tag_of(value) if event.implicit[0] else STR
        node = Node(
            "scalar", tag, value, start.line, start.column, end.line, end.column, event.style, event.anchor
        )
        self.top.append(node)
        self.expanded += 1
        self.count += 1
        if event.anchor:
            self.anchors[event.anchor] = Anchored(node)
            self.anchored.append(node)
        if self.count > MAX_NODES:
            raise self.refuse(event, f"the file holds more than {MAX_NODES:,} values", "file-too-large")

    def enter(self, event: Any, id: str) -> None:
        """Add a sequence or mapping; what follows goes inside."""
        start = event.start_mark
        tag = event.tag or PREFIX + id
        node = Node(id, tag, [], start.line, start.column, UNKNOWN, UNKNOWN, event.flow_style, event.anchor)
        self.top.append(node)
        if event.anchor:
            self.anchors[event.anchor] = Anchored(node)
            self.anchored.append(node)
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
        node.end_line, node.end_column = event.end_mark.line, event.end_mark.column
        if node.id == "mapping":
            flat = node.value
            node.value = list(zip(flat[::2], flat[1::2], strict=True))
            if repeats(node.value):
                self.suspects.append(node)
        if anchor and self.anchors[anchor].node is node:
            self.anchors[anchor] = Anchored(node, self.expanded - before, self.peak - len(self.stack))
        self.peak = max(self.peak, peak)

    def follow(self, event: Any) -> Node:
        found = self.anchors.get(event.anchor)
        if found is None:
            said = f"unknown alias '*{event.anchor}'"
            raise self.refuse(event, said, "syntax", "an anchor comes before its aliases")
        if found.node.end_line == UNKNOWN:
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
        self.used.add(id(found.node))
        return found.node

    def refuse(self, event: Any, message: str, rule: str, help: str | None = None) -> InputError:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        mark = Mark(self.name, start.line + 1, start.column + 1, max(1, length))
        return input_error(mark, message, rule, help)
