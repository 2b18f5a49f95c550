"""Ways through a YAML tree for rules: each takes any node and finds nothing where the shape is another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlci.yaml.document import Node
from mlci.yaml.nodes import BOOL, MERGE, NULL, STR, entries


class Entry(NamedTuple):
    """One entry of a mapping."""

    name: str
    key: Node
    value: Node


def items(node: Node | None) -> list[Entry]:
    """Return a mapping's entries, merge keys resolved, each name once."""
    if node is None or node.id != "mapping":
        return []
    if not any(key.tag == MERGE for key, _ in node.value):
        return [Entry(key.value, key, value) for key, value in node.value if key.id == "scalar"]
    found: dict[str, Entry] = {}
    for key, value in entries(node):
        if key.id == "scalar":
            found.setdefault(key.value, Entry(key.value, key, value))
    return list(found.values())


def pair(node: Node | None, name: str) -> tuple[Node, Node] | None:
    """Return the key and the value of a mapping's entry of a name; its own before those it merges."""
    if node is None or node.id != "mapping":
        return None
    merges = False
    for found in node.value:
        key = found[0]
        if key.tag == MERGE:
            merges = True
        elif key.value == name and key.id == "scalar":
            return (key, found[1])
    if merges:
        return next((one for one in entries(node) if one[0].value == name and one[0].id == "scalar"), None)
    return None


def entry(node: Node | None, name: str) -> Entry | None:
    """Return a mapping's entry of a name."""
    found = pair(node, name)
    return None if found is None else Entry(name, *found)


def get(node: Node | None, *path: str) -> Node | None:
    """Return the value at a path of keys."""
    for name in path:
        found = pair(node, name)
        node = None if found is None else found[1]
    return node


def sequence(node: Node | None) -> list[Node]:
    """Return a list's items."""
    return list(node.value) if node is not None and node.id == "sequence" else []


def words(node: Node | None) -> list[Node]:
    """Return the scalars of a list, or the one scalar that stands in its place."""
    if node is None or is_null(node):
        return []
    if node.id == "scalar":
        return [node]
    return [one for one in sequence(node) if one.id == "scalar"]


def text(node: Node | None) -> str | None:
    """Return a scalar's text, whatever its type; None for no scalar or for nothing."""
    return None if node is None or node.id != "scalar" or node.tag == NULL else str(node.value)


def is_null(node: Node | None) -> bool:
    """Tell whether there is no value."""
    return node is None or (node.id == "scalar" and node.tag == NULL)


def is_text(node: Node) -> bool:
    """Tell whether a node is a scalar of type text."""
    return node.id == "scalar" and node.tag == STR


def is_true(node: Node | None) -> bool:
    """Tell whether a node is the boolean true."""
    return node is not None and node.id == "scalar" and node.tag == BOOL and node.value.lower() == "true"


def scalars(node: Node | None) -> Iterator[Node]:
    """Yield every scalar that is a value beneath a node; what several aliases name comes once."""
    pending = [node] if node is not None else []
    met: set[int] = set()
    while pending:
        one = pending.pop()
        if id(one) in met:
            continue
        met.add(id(one))
        if one.id == "scalar":
            yield one
        elif one.id == "sequence":
            pending.extend(reversed(one.value))
        else:
            pending.extend(value for _, value in reversed(one.value))
