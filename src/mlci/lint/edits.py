"""Edits that several rules make: each yields nothing where the text does not stand as it must."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.document import Node
from mlci.lint.rule import Edit, LintFile


def replaced(node: Node, new: str) -> Iterator[Edit]:
    """Put another word in place of an unquoted one."""
    if node.id == "scalar" and not node.style and node.start_mark.line == node.end_mark.line:
        start, end = node.start_mark, node.end_mark
        yield Edit(start.line + 1, start.column + 1, end.line + 1, end.column + 1, new)


def quoted(file: LintFile, node: Node) -> Iterator[Edit]:
    """Put one line in quotes that a colon made a mapping of one entry."""
    if node.id != "mapping" or len(node.value) != 1 or node.anchor:
        return
    key, value = node.value[0]
    if not all(one.id == "scalar" and not one.style and not one.anchor for one in (key, value)):
        return
    start, end = key.start_mark, value.end_mark
    if start.line == end.line and file.lines[start.line][: start.column].strip(" -") == "":
        text = file.lines[start.line][start.column : end.column]
        new = "'" + text.replace("'", "''") + "'"
        yield Edit(start.line + 1, start.column + 1, start.line + 1, end.column + 1, new)


def nested(file: LintFile, node: Node) -> Iterator[Edit]:
    """Move the keys beside a mapping's first, empty key beneath it, two spaces to the right."""
    (key, value), *others = node.value
    empty = value.id == "scalar" and not value.value and not value.anchor
    if not others or not empty or key.start_mark.line == others[0][0].start_mark.line:
        return
    for number in range(others[0][0].start_mark.line, last_line(node) + 1):
        if file.lines[number].strip():
            yield Edit(number + 1, 1, number + 1, 1, "  ")


def last_line(node: Node) -> int:
    """Return the number of the last line a node takes, from 0."""
    while node.id != "scalar" and node.value:
        last = node.value[-1]
        node = last[1] if node.id == "mapping" else last
    end = node.end_mark
    return int(end.line if end.column or node.start_mark.line == end.line else end.line - 1)
