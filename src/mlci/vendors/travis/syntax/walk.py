"""Holding a `.travis.yml` against its shape: everything Travis's own validation would say of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from mlci.findings import Severity
from mlci.vendors.travis.syntax import entries, environment, scalar, support
from mlci.vendors.travis.syntax.deploy import REMOVED
from mlci.vendors.travis.syntax.language import root
from mlci.vendors.travis.syntax.names import resolve
from mlci.vendors.travis.syntax.problem import Path, Problem
from mlci.vendors.travis.syntax.shapes import Choice, Environment, Free, Many, Shape, Table
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import entry, get, is_null, items, sequence, text

MOST = 1_000
"""Problems of one file that are told."""


def problems(file: SourceFile) -> list[Problem]:
    return [] if file.root_node is None else list(islice(problems_of(file.root_node), MOST))


def problems_of(top: Node) -> Iterator[Problem]:
    """Yield everything that is wrong with what stands at the top of a file."""
    if is_null(top):
        return
    walker = Walker(version_of(top), len(items(top)) == 1)
    yield from walker.table(root(), top, ())
    yield from support.problems(top)


def version_of(top: Node | None) -> str:
    return text(get(top, "conditions")) or "v1"


class Walker:
    """Walks a file and its shape side by side."""

    def __init__(self, version: str, excerpt: bool) -> None:
        self.version = version
        self.excerpt = excerpt
        """Whether the file has one section only, as those have that others import."""

    def value(self, shape: Shape, node: Node, path: Path) -> Iterator[Problem]:
        if is_null(node):
            return
        if isinstance(shape, Many):
            yield from self.many(shape, node, path)
        elif isinstance(shape, Table):
            yield from self.table(shape, node, path)
        elif isinstance(shape, Choice):
            yield from self.choice(shape, node, path)
        elif isinstance(shape, Free):
            yield from self.free(shape, node, path)
        elif isinstance(shape, Environment):
            yield from environment.problems(shape, node)
        else:
            yield from scalar.problems(shape, node, path, self.version)

    def many(self, shape: Many, node: Node, path: Path) -> Iterator[Problem]:
        """Yield what is wrong with a list, or with what stands in its place; lists in lists are joined."""
        if node.id != "sequence":
            yield from self.value(shape.item, node, path)
            return
        for one in sequence(node):
            yield from self.many(shape, one, path)

    def free(self, shape: Free, node: Node, path: Path) -> Iterator[Problem]:
        """Yield what is wrong with a mapping of the user's names, or with one value for all."""
        if node.id != "mapping" or entry(node, "secure") is not None:
            if shape.only_map:
                yield scalar.wrong_type("a mapping", node, path)
            else:
                yield from self.value(shape.value, node, path)
            return
        for one in items(node):
            yield from self.value(shape.value, one.value, (*path, one.name))

    def choice(self, shape: Choice, node: Node, path: Path) -> Iterator[Problem]:
        given = get(node, shape.by) if node.id == "mapping" else node
        name = (text(given) or "").lower().replace("-", "_")
        if given is None:
            severity: Severity = "info" if self.excerpt else "error"
            yield Problem("travis-required", node, f"'{path[-1]}' needs the key '{shape.by}'", severity)
        elif not name or given.tag.endswith((":bool", ":int", ":float")):
            yield scalar.wrong_type("a mapping", node, path)
        elif name in shape.tables:
            yield from self.table(shape.tables[name], node, path)
        else:
            yield unknown_choice(shape, node, given)

    def table(self, shape: Table, node: Node, path: Path) -> Iterator[Problem]:
        """Yield what is wrong with a mapping of known keys, or with its short form."""
        encrypted = shape.prefix and "secure" not in shape.keys and entry(node, "secure") is not None
        if node.id == "mapping" and not encrypted:
            for key, one in entries.known(shape, node, path):
                if isinstance(one, Problem):
                    yield one
                else:
                    yield from self.value(shape.keys[key], one.value, (*path, key))
        elif shape.name == "cache":
            yield from self.cache(shape, node, path)
        elif shape.flag and node.id == "scalar" and node.value.lower() in scalar.FLAGS:
            return
        elif shape.name == "notifications" and any(items(one) for one in sequence(node)):
            said = "'notifications' takes a mapping, not a list; Travis uses the first"
            yield Problem("travis-type", node, said, "warning", "drop the dashes")
        elif shape.prefix is not None:
            yield from self.value(shape.keys[shape.prefix], node, path)
        elif any(one.id == "mapping" for one in sequence(node)):
            yield from scalar.unexpected_list(node, path)
        else:
            yield scalar.wrong_type("a mapping", node, path)

    def cache(self, shape: Table, node: Node, path: Path) -> Iterator[Problem]:
        """Yield what is wrong with the short forms of `cache`."""
        for one in sequence(node) if node.id == "sequence" else [node]:
            if one.id == "mapping":
                yield from self.table(shape, one, path)
            elif one.id == "scalar" and one.value.lower() == "true":
                known = ", ".join(name for name in shape.keys if name not in ("timeout", "edge", "branch"))
                said = "'true' does not say what to cache"
                yield Problem("travis-value", one, said, "error", f"Travis knows {known}")


def unknown_choice(shape: Choice, node: Node, given: Node) -> Problem:
    """Make the problem of a provider that Travis does not know, or no longer."""
    name = str(given.value)
    if name.lower() in REMOVED:
        return Problem("travis-deprecated", given, f"the {shape.by} '{name}' no longer exists", "info")
    near = resolve(name, tuple(shape.tables), {})
    severity: Severity = "warning" if near else "info" if get(node, "edge") is not None else "error"
    said = f"'{name[:60]}' is no {shape.by} Travis knows"
    return Problem("travis-value", given, said, severity, f"did you mean '{near}'?" if near else None)
