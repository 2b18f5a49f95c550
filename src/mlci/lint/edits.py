"""Edits that several rules make: each yields nothing where the text does not stand as it must."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.lint.rule import Edit
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile


def replaced(node: Node, new: str) -> Iterator[Edit]:
    """Put another word in place of an unquoted one."""
    if node.id == "scalar" and not node.style and node.line == node.end_line:
        yield Edit(node.line + 1, node.column + 1, node.end_line + 1, node.end_column + 1, new)


def quoted(file: SourceFile, node: Node) -> Iterator[Edit]:
    """Put one line in quotes that a colon made a mapping of one entry."""
    if node.id != "mapping" or len(node.value) != 1 or node.anchor:
        return
    key, value = node.value[0]
    if not all(one.id == "scalar" and not one.style and not one.anchor for one in (key, value)):
        return
    if key.line == value.end_line and file.lines[key.line][: key.column].strip(" -") == "":
        text = file.lines[key.line][key.column : value.end_column]
        new = "'" + text.replace("'", "''") + "'"
        yield Edit(key.line + 1, key.column + 1, key.line + 1, value.end_column + 1, new)


def nested(file: SourceFile, node: Node) -> Iterator[Edit]:
    """Move the keys beside a mapping's first, empty key beneath it, two spaces to the right."""
    (key, value), *others = node.value
    empty = value.id == "scalar" and not value.value and not value.anchor
    if not others or not empty or key.line == others[0][0].line:
        return
    for number in range(others[0][0].line, last_line(node) + 1):
        if file.lines[number].strip():
            yield Edit(number + 1, 1, number + 1, 1, "  ")


def last_line(node: Node) -> int:
    while node.id != "scalar" and node.value:
        last = node.value[-1]
        node = last[1] if node.id == "mapping" else last
    return node.end_line if node.end_column or node.line == node.end_line else node.end_line - 1
