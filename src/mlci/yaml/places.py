"""Where a character of a YAML string stands in its file, whatever way the string is written."""

from __future__ import annotations

from collections.abc import Sequence

from mlci.findings import Mark
from mlci.yaml.document import Node

LONGEST = 200_000
"""Of a longer string only the beginning is told: looking for each of many places would take too long."""


def within(name: str, lines: Sequence[str], node: Node, start: int, length: int = 1) -> Mark:
    """Return the place of `length` characters from offset `start` of a scalar's value.

    Exact for literal blocks, for one line without escapes, and for strings folded over lines without escapes;
    else the column may be off, never the line by more than the escape's own.

    Parameters
    ----------
    name, lines : the file and its lines
    node : the scalar
    start, length : in characters of `node.value`
    """
    line, column = position(lines, node, start)
    room = len(lines[line].rstrip()) - column if line < len(lines) else 1
    return Mark(name, line + 1, column + 1, max(1, min(length, room)))


def position(lines: Sequence[str], node: Node, start: int) -> tuple[int, int]:
    """Return line and column, from 0, of one character of a scalar's value."""
    if len(node.value) > LONGEST:
        return node.line, node.column
    if node.style == "|":
        return literal(lines, node, start)
    if node.style == ">":
        return scan(lines, node, start, node.line + 1, 0)
    quote = 1 if node.style in ("'", '"') else 0
    if node.line == node.end_line and node.end_column - node.column == len(node.value) + 2 * quote:
        return node.line, node.column + quote + start
    return scan(lines, node, start, node.line, node.column + quote)


def literal(lines: Sequence[str], node: Node, start: int) -> tuple[int, int]:
    """Find a character of a literal block, whose lines are those of the file."""
    before = node.value[:start]
    row = before.count("\n")
    line = node.line + 1 + row
    return line, indentation(lines, node) + start - (before.rfind("\n") + 1)


def indentation(lines: Sequence[str], node: Node) -> int:
    """Return how far a literal block is indented."""
    for row, text in enumerate(node.value.split("\n")):
        if text.strip():
            line = node.line + 1 + row
            return len(lines[line]) - len(text) if line < len(lines) else 0
    return 0


def scan(lines: Sequence[str], node: Node, start: int, line: int, column: int) -> tuple[int, int]:
    """Find a character by counting those that are no white space, which folding leaves alone."""
    value = node.value
    if start < len(value) and value[start].isspace():
        start += len(value[start:]) - len(value[start:].lstrip())
    wanted = sum(not character.isspace() for character in value[:start])
    doubled = node.style == "'"
    last = node.end_line
    while line <= last and line < len(lines):
        text = lines[line]
        while column < len(text):
            if not text[column].isspace():
                if wanted == 0:
                    return line, column
                wanted -= 1
                if doubled and text.startswith("''", column):
                    column += 1
            column += 1
        line, column = line + 1, 0
    return node.line, node.column
