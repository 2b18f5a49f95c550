"""Shapes of mappings and lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from mlci.findings import Severity, suggest
from mlci.vendors.github.syntax.expression.contexts import Availability
from mlci.vendors.github.syntax.expression.types import ANY, OPEN
from mlci.vendors.github.syntax.form.walk import Shape, Walk, called, is_expression, is_null
from mlci.yaml.document import Node
from mlci.yaml.nodes import MERGE


class Key(NamedTuple):
    """A key of a section."""

    shape: Shape
    required: bool = False


def quoted(what: str) -> str:
    """Put a bare key into quotes; leave words as they are."""
    return what if " " in what else f"'{what}'"


class Section:
    """A mapping whose keys are known."""

    def __init__(
        self,
        keys: Mapping[str, Key | Shape],
        *,
        here: Availability | None = None,
    ) -> None:
        self.keys = {name: key if isinstance(key, Key) else Key(key) for name, key in keys.items()}
        self.here = here

    def read(self, node: Node, what: str, walk: Walk) -> None:
        what = quoted(what)
        if node.id != "mapping":
            self.read_other(node, what, walk)
            return
        if not walk.again(node):
            self.read_keys(node, what, walk, self.keys)

    def read_other(self, node: Node, what: str, walk: Walk) -> None:
        """Say what stands in place of a mapping."""
        if self.here is not None and is_expression(node):
            walk.site(node, self.here, OPEN)
        elif not is_null(node):
            walk.report("wrong-type", node, f"{what} must be a mapping, not {called(node)}")
        else:
            walk.report("empty-value", node, f"{what} must not be empty")

    def read_keys(self, node: Node, what: str, walk: Walk, keys: Mapping[str, Key]) -> None:
        """Compare the keys with those that are known."""
        owner = walk.owner or node
        seen = read_pairs(node, walk)
        if not node.value:
            walk.report("empty-value", node, f"{what} must not be empty")
            return
        hints = set()
        for name, (key, value) in seen.items():
            known = keys.get(name)
            if known is None:
                hints.add(self.unknown(key, what, walk, keys))
            else:
                walk.owner = key
                known.shape.read(value, name, walk)
        walk.owner = None
        for name, wanted in keys.items():
            if wanted.required and name not in seen and meant(name) not in hints:
                walk.report("missing-key", owner, f"{what} lacks '{name}'")

    def unknown(self, key: Node, what: str, walk: Walk, keys: Mapping[str, Key]) -> str | None:
        """Report a key nobody knows; return what the report suggests."""
        said = f"unknown key '{key.value}' in {what}; expected one of {', '.join(sorted(keys))}"
        lower = str(key.value).lower()
        hint = meant(lower) if lower in keys else suggest(str(key.value), keys)
        walk.report("unknown-key", key, said, hint)
        return hint


def meant(name: str) -> str:
    """Return the suggestion of a name, as `suggest` words it."""
    return f"did you mean '{name}'?"


def read_pairs(node: Node, walk: Walk, *, cased: bool = True) -> dict[str, tuple[Node, Node]]:
    """Return a mapping's entries by name; report merge keys, and names that differ by case alone.

    Parameters
    ----------
    cased : whether names that differ by case are different
    """
    seen: dict[str, tuple[Node, Node]] = {}
    lower: dict[str, Node] = {}
    for key, value in node.value:
        if key.id != "scalar":
            continue
        name = key.value
        if key.tag == MERGE:
            said = "GitHub has anchors and aliases, but no merge key '<<'"
            walk.report("unknown-key", key, said, "write the keys out, or alias the whole mapping")
            continue
        if not cased:
            other = lower.setdefault(name.lower(), key)
            if other is not key and other.value != name:
                said = f"'{name}' is the same name as '{other.value}' on line {other.line + 1}"
                walk.report("duplicate-name", key, f"{said}: case does not count")
        seen.setdefault(name, (key, value))
    return seen


class Table:
    """A mapping with names of the user's choice."""

    def __init__(
        self,
        value: Shape,
        *,
        here: Availability | None = None,
        empty: Severity | bool = "error",
        name: Callable[[Node, Walk], None] | None = None,
    ) -> None:
        self.value = value
        self.here = here
        self.empty = empty
        self.name = name

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Check each entry."""
        if node.id != "mapping":
            if self.here is not None and is_expression(node):
                walk.site(node, self.here, OPEN)
            elif not is_null(node):
                walk.report("wrong-type", node, f"'{what}' must be a mapping, not {called(node)}")
            else:
                self.nothing(node, what, walk)
            return
        if walk.again(node):
            return
        if not node.value:
            self.nothing(node, what, walk)
        for key, value in read_pairs(node, walk, cased=False).values():
            if self.name is not None:
                self.name(key, walk)
            walk.owner = key
            self.value.read(value, str(key.value), walk)

    def nothing(self, node: Node, what: str, walk: Walk) -> None:
        if self.empty is not True:
            said = f"'{what}' must not be empty"
            walk.report("empty-value", node, said, severity=self.empty or None)


class Items:
    """A list; `single` when one item may stand without its list."""

    def __init__(
        self, item: Shape, *, single: bool = False, empty: bool = False, here: Availability | None = None
    ) -> None:
        self.item = item
        self.single = single
        self.empty = empty
        self.here = here

    def read(self, node: Node, what: str, walk: Walk) -> None:
        if node.id != "sequence":
            self.read_other(node, what, walk)
            return
        if walk.again(node):
            return
        if not node.value and not self.empty:
            walk.report("empty-value", node, f"'{what}' must not be empty")
        for item in node.value:
            walk.owner = None
            self.item.read(item, what, walk)

    def read_other(self, node: Node, what: str, walk: Walk) -> None:
        """Read a single item, or say what stands in place of a list."""
        if self.single and node.id == "scalar":
            self.item.read(node, what, walk)
        elif self.here is not None and is_expression(node):
            walk.site(node, self.here, ANY)
        elif is_null(node) and not self.empty:
            walk.report("empty-value", node, f"'{what}' must not be empty")
        elif not is_null(node):
            either = "a list or text" if self.single else "a list"
            walk.report("wrong-type", node, f"'{what}' must be {either}, not {called(node)}")


class Either:
    """One shape for a scalar, another for a mapping, another for a list."""

    def __init__(
        self, *, scalar: Shape | None = None, mapping: Shape | None = None, sequence: Shape | None = None
    ) -> None:
        self.shapes = {"scalar": scalar, "mapping": mapping, "sequence": sequence}

    def read(self, node: Node, what: str, walk: Walk) -> None:
        shape = self.shapes[node.id]
        if shape is not None:
            shape.read(node, what, walk)
            return
        names = {"scalar": "text", "mapping": "a mapping", "sequence": "a list"}
        wanted = " or ".join(names[kind] for kind, one in self.shapes.items() if one is not None)
        walk.report("wrong-type", node, f"'{what}' must be {wanted}, not {called(node)}")


class Anything:
    """Any value; expressions in its scalars are checked."""

    def __init__(self, here: Availability | None = None) -> None:
        self.here = here

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Gather the expressions beneath."""
        if node.id == "scalar":
            if self.here is not None and "${{" in node.value:
                walk.site(node, self.here, ANY)
            return
        if walk.again(node):
            return
        for item in node.value:
            for one in item if node.id == "mapping" else (item,):
                self.read(one, what, walk)
