"""Mappings and lists by their indentation."""

from __future__ import annotations

import re
from typing import Any

from mlci.yaml.fast_reader import lines, scalar
from mlci.yaml.fast_reader.anchors import Anchors, Properties
from mlci.yaml.fast_reader.flow import Flow
from mlci.yaml.fast_reader.lines import BLOCK, DOUBLE, MAX_KEY, NOTHING, OTHER, PLAIN, Unusual
from mlci.yaml.nodes import MAPPING, NULL, SEQUENCE, STR, Node, Tree, repeats, tag_of

MAX_DEPTH = 40
MAX_JOINED = 20_000
"""How long a plain scalar may become, line by line."""
NEVER = -2
"""No column of a line."""
TAGS = dict.fromkeys(
    ("name", "run", "uses", "with", "if", "env", "id", "key", "path", "image", "command"), STR
)
"""The tags of the commonest words; to look here first costs little."""


def read_tree(text: str) -> Tree:
    """Read a text.

    Raises
    ------
    Unusual : it holds what is not read by lines, or is no YAML
    """
    text = text.replace("\r\n", "\n")
    lines.check(text)
    ragged = not text.endswith("\n")
    whole = f"{text}\n" if ragged else text
    tree = Tree([], [], [])
    line = before = 0
    for start, end in documents(whole):
        line += whole.count("\n", before, start)
        before = start
        reader = Reader(whole, tree, ragged=ragged)
        reader.read(start, end, line)
    return tree


def documents(text: str) -> list[tuple[int, int]]:
    found = list(lines.DOCUMENT.finditer(text)) if "---" in text else []
    ends = [*(one.start() for one in found), len(text)]
    spans = list(zip((one.end() for one in found), ends[1:], strict=True))
    if found and lines.BLANK.fullmatch(text, 0, ends[0]):
        return spans
    return [(0, ends[0]), *spans]


class Reader:
    """What is known while the lines of a document pass.

    `edge` is the column of the collection that is read, `listing` whether it is a list, `key` the last key of
    a mapping, `pending` whether that key, or a dash, still waits for its value.
    """

    def __init__(self, text: str, tree: Tree, *, ragged: bool) -> None:
        self.text = text
        self.tree = tree
        self.ragged = ragged
        """Whether the text had no line end at its end."""
        self.at = 0
        """Where the line begins."""
        self.line = 0
        self.stack: list[tuple[Node, int, bool, Node | None]] = []
        """The collections around the one that is read, each with its edge, listing and key."""
        self.node = Node("sequence", SEQUENCE, tree.roots, 0, 0, 0, 0, False, None)
        self.values: list[Any] = tree.roots
        self.edge = -1
        self.listing = True
        self.key: Node | None = None
        self.pending = True
        self.ready = NEVER
        """The column of the mapping that is read, while it waits for no value."""
        self.gap = (0, 0)
        """Where the value is that waits, if there is none."""
        self.last: Node | None = None
        """The plain scalar that the next line may go on with."""
        self.properties: Properties | None = None
        self.anchors = Anchors()

    def read(self, at: int, end: int, line: int) -> None:
        """Read the lines from one offset to another; what most of them are, `key: word`, without a call."""
        text, match, tags = self.text, lines.LINE.match, TAGS
        while at < end:
            found = match(text, at)
            if found is None:
                raise Unusual
            indent, dashes, key, plain = found.group(1, 2, 3, PLAIN)
            column = len(indent)
            if key is None or plain is None:
                if dashes or found.lastindex != NOTHING:
                    self.at, self.line = at, line
                    self.rare(found, column, dashes)
                    at, line = self.at, self.line
                else:
                    at, line = found.end(), line + 1
                continue
            if dashes or column != self.ready:
                self.at, self.line = at, line
                if not self.place(column, dashes):
                    at, line = self.go_on()
                    continue
                column = self.entry(column, dashes)
            key = key.rstrip(" \t")
            tag = tags.get(key) or tag_of(key)
            name = Node("scalar", tag, key, line, column, line, column + len(key), "", None)
            plain = plain.rstrip(" \t")
            column = found.start(PLAIN) - at
            tag = tags.get(plain) or tag_of(plain)
            self.last = value = Node("scalar", tag, plain, line, column, line, column + len(plain), "", None)
            self.values.append((name, value))
            if len(key) > MAX_KEY:
                raise Unusual
            at, line = found.end(), line + 1
        self.at, self.line = at, line
        self.finish(end)

    def finish(self, end: int) -> None:
        """Close all that is open; a document that is empty or a scalar is unusual, an empty text is not."""
        if self.at != end or self.properties is not None:
            raise Unusual
        if self.pending and self.stack:
            self.empty()
        while self.stack:
            self.close(0)
        if self.pending and (end != len(self.text) or "---" in self.text):
            raise Unusual
        if self.values and self.values[-1].id == "scalar":
            raise Unusual
        self.tree.unused.extend(self.anchors.unused())

    def place(self, column: int, dashes: str) -> bool:
        """Find the collection that a line at a column belongs to; False when it goes on with a scalar."""
        if self.pending:
            if column > self.edge or (column == self.edge and dashes and not self.listing):
                return True
            self.empty()
        elif column > self.edge:
            return False
        while column < self.edge:
            self.close(column)
        if self.listing and not dashes and self.stack and self.stack[-1][1] == column:
            self.close(column)
        if column != self.edge or self.listing != bool(dashes):
            raise Unusual
        return True

    def entry(self, column: int, dashes: str) -> int:
        """Begin what a line begins before its key; return the key's column."""
        if dashes:
            column = self.items(column, dashes)
        if self.pending:
            self.open("mapping", MAPPING, column)
            self.ready = column
        return column

    def open(self, id: str, tag: str, column: int) -> None:
        """Begin a collection as the value that is waited for."""
        if len(self.stack) > MAX_DEPTH:
            raise Unusual
        values: list[Any] = []
        node = Node(id, tag, values, self.line, column, -1, -1, False, None)
        if self.properties is not None:
            self.name(node)
        self.values.append(node if self.listing else (self.key, node))
        self.stack.append((self.node, self.edge, self.listing, self.key))
        self.node, self.values, self.edge = node, values, column
        self.listing = id == "sequence"
        self.pending = False

    def attach(self, node: Node) -> None:
        """Put a value where one is waited for."""
        if self.listing:
            self.values.append(node)
        else:
            self.values.append((self.key, node))
            self.ready = self.edge
        self.pending = False

    def close(self, column: int) -> None:
        """End the collection that is read: before the line, at a column."""
        node = self.node
        node.end_line, node.end_column = self.line, column
        if not self.listing and repeats(self.values):
            self.tree.suspects.append(node)
        self.node, self.edge, self.listing, self.key = self.stack.pop()
        self.values = self.node.value
        self.ready = NEVER if self.listing else self.edge

    def empty(self) -> None:
        """Put nothing where a value is waited for."""
        if self.properties is not None:
            raise Unusual
        line, column = self.gap
        self.attach(Node("scalar", NULL, "", line, column, line, column, "", None))

    def items(self, column: int, dashes: str) -> int:
        """Begin the items of the dashes; return the column behind them."""
        while True:
            if self.pending:
                self.open("sequence", SEQUENCE, column)
            self.pending = True
            self.gap = (self.line, column + 1)
            self.ready = NEVER
            following = dashes.find("-", 1)
            if following < 0:
                return column + len(dashes)
            column += following
            dashes = dashes[following:]

    def rare(self, found: re.Match[str], column: int, dashes: str) -> None:
        """Add what stands on any other line."""
        if (dashes or column != self.ready) and not self.place(column, dashes):
            self.go_on()
            return
        self.last = None
        kind = found.lastindex or 0
        if found.end(3) >= 0 or found.end(4) >= 0 or found.end(5) >= 0:
            self.name_of(found, self.entry(column, dashes))
        elif dashes:
            self.items(column, dashes)
        elif not self.pending:
            raise Unusual
        if kind >= PLAIN:
            self.value(kind, found.group(kind), found.start(kind), found.end())
        else:
            self.at = found.end()
            self.line += 1

    def name_of(self, found: re.Match[str], column: int) -> None:
        """Add a key whose value follows."""
        text, style, tag, end = found[3], "", "", column
        if text is not None:
            text = text.rstrip(" \t")
            tag = TAGS.get(text) or tag_of(text)
        else:
            text, style = (found[4], '"') if found[4] is not None else (found[5], "'")
            tag, end = STR, column + 2
        end += len(text)
        if len(text) > MAX_KEY:
            raise Unusual
        self.key = Node("scalar", tag, text, self.line, column, self.line, end, style, None)
        self.gap = (self.line, self.text.index(":", self.at + end) - self.at + 1)
        self.pending = True
        self.ready = NEVER

    def value(self, kind: int, text: str, start: int, end: int) -> None:
        """Add a value; the line ends at an offset."""
        if kind == OTHER:
            self.other(text[0], start)
            return
        if kind == BLOCK:
            self.block(text, start, end)
            return
        column = start - self.at - (kind != PLAIN)
        if kind == PLAIN:
            text = text.rstrip(" \t")
            node = Node(
                "scalar", tag_of(text), text, self.line, column, self.line, column + len(text), "", None
            )
            self.last = node
        else:
            style = '"' if kind == DOUBLE else "'"
            node = Node(
                "scalar", STR, text, self.line, column, self.line, column + len(text) + 2, style, None
            )
        self.put(node)
        self.at = end
        self.line += 1

    def put(self, node: Node) -> None:
        """Add a node with the properties that stand before it."""
        if self.properties is not None:
            self.name(node)
        self.attach(node)

    def name(self, node: Node) -> None:
        """Give a node the properties that stand before it."""
        given = self.properties
        self.properties = None
        if given is not None:
            node.line, node.column, node.anchor = given.line, given.column, given.anchor
            node.tag = given.tag or node.tag
            self.anchors.add(node)

    def block(self, head: str, start: int, end: int) -> None:
        """Add a block scalar, whose lines begin at an offset."""
        if not self.stack:
            raise Unusual
        found = scalar.block(self.text, end, self.edge, head)
        if self.ragged and found.end == len(self.text):
            raise Unusual
        column = start - self.at
        line = self.line
        self.line += 1 + self.text.count("\n", end, found.end)
        self.put(Node("scalar", STR, found.value, line, column, self.line, 0, head[0], None))
        self.at = found.end

    def other(self, first: str, start: int) -> None:
        """Add a value that begins with a quote, a bracket, an anchor, a tag or an alias."""
        if first in "&!":
            self.property(start)
            return
        if self.properties is not None:
            self.anchors.forget(self.properties.anchor)
        flow = Flow(self.text, self.anchors, start, self.line, self.at)
        node = flow.node(0)
        if first == "*":
            if self.properties is not None:
                raise Unusual
            self.attach(node)
        else:
            self.put(node)
        rest = lines.REST.match(self.text, flow.offset)
        if rest is None or (
            self.ragged and rest.end() == len(self.text) and self.stack and flow.line != self.line
        ):
            raise Unusual
        self.at = rest.end()
        self.line = flow.line + 1

    def property(self, start: int) -> None:
        """Keep an anchor and a tag for the node that follows, on this line or the next."""
        if self.properties is not None:
            raise Unusual
        self.properties, start = self.anchors.read(self.text, start, self.line, start - self.at)
        value = lines.value().match(self.text, start)
        if value is None or value.lastindex is None:
            rest = lines.REST.match(self.text, start)
            if rest is None:
                raise Unusual
            self.at, self.line = rest.end(), self.line + 1
            return
        kind = value.lastindex + PLAIN - 1
        if kind == OTHER:
            self.other(value.group()[0], start)
            return
        rest = lines.REST.match(self.text, value.end())
        if rest is None:
            raise Unusual
        self.value(kind, value.group(value.lastindex), value.start(value.lastindex), rest.end())

    def go_on(self) -> tuple[int, int]:
        """Add a line to the plain scalar that the last one ended with; return the next line's place."""
        node, more = self.last, lines.MORE.match(self.text, self.at)
        if node is None or more is None or len(node.value) > MAX_JOINED:
            raise Unusual
        begun = self.at
        for _ in range(self.line - node.end_line):
            begun = self.text.rfind("\n", 0, begun - 1) + 1
        between = lines.BREAKS.fullmatch(self.text, begun + node.end_column, self.at)
        if between is None:
            raise Unusual
        added = more[1].rstrip(" \t")
        node.value += ("\n" * (between[0].count("\n") - 1) or " ") + added
        node.tag = node.tag if node.tag.startswith("!") else STR
        node.end_line, node.end_column = self.line, more.start(1) - self.at + len(added)
        self.at = more.end()
        self.line += 1
        return self.at, self.line
