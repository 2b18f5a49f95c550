"""An Azure pipeline as its stages and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, is_null, items, sequence, text, words


class Unit(NamedTuple):
    """A stage or job: what others call it, and what it waits for."""

    kind: str
    name: str | None
    key: Node
    node: Node

    def waits_for(self) -> list[Node]:
        return [one for one in words(get(self.node, "dependsOn")) if "$" not in one.value]


class Group(NamedTuple):
    """Units side by side, which can wait for each other."""

    units: list[Unit]
    open: bool
    """Whether templates or expressions may add more."""


def groups(file: SourceFile) -> list[Group]:
    root = file.root_node
    found = [group(get(root, "stages"), ("stage",))]
    found.append(group(get(root, "jobs") or get(root, "phases"), ("job", "deployment", "phase")))
    for stage in sequence(get(root, "stages")):
        found.append(group(get(stage, "jobs") or get(stage, "phases"), ("job", "deployment", "phase")))
    return [one for one in found if one.units]


def group(node: Node | None, kinds: tuple[str, ...]) -> Group:
    """Read one list of stages or jobs."""
    units: list[Unit] = []
    unseen = False
    for one in sequence(node):
        named = next((entry for entry in items(one) if entry.name in kinds), None)
        if named is None:
            unseen = True
        else:
            units.append(
                Unit(kinds[0], None if is_null(named.value) else text(named.value), named.value, one)
            )
    return Group(units, unseen)


def steps(file: SourceFile) -> Iterator[Node]:
    """Yield every step, those inside expressions too."""
    root = file.root_node
    pending = [get(root, "steps"), *(get(one.node, "steps") for all in groups(file) for one in all.units)]
    while pending:
        for one in sequence(pending.pop()):
            inserted = [entry.value for entry in items(one) if entry.name.lstrip().startswith("${{")]
            if inserted:
                pending.extend(inserted)
            elif one.id == "mapping":
                yield one
