"""The labels a job asks its runner for, with those of a matrix put in."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.vendors.github.syntax.model import Job, Part, keyed, listed
from mlci.vendors.github.syntax.runners import System, system
from mlci.yaml.document import Node
from mlci.yaml.patterns import lazy

MATRIX_VALUE = lazy(r"\$\{\{\s*matrix\.([A-Za-z0-9_-]+)\s*\}\}\Z")
"""The pattern of `${{ matrix.NAME }}` and nothing else."""


def choices(job: Job) -> Iterator[list[Node]]:
    """Yield each list of labels that a job may ask one runner for; computed labels are left out."""
    node = job.value("runs-on")
    if node is None:
        return
    if node.id == "mapping":
        part = Part(node)
        if part.value("group") is None:
            yield [one for one in part.items("labels") if plain(one)]
        return
    if node.id == "scalar":
        found = MATRIX_VALUE.match(node.value.strip())
        if found is not None:
            yield from (labels(one) for one in matrix_values(job, found[1]))
            return
    yield labels(node)


def labels(node: Node) -> list[Node]:
    """Return the labels of one value: a label, or a list of them."""
    return [one for one in listed(node) if plain(one)]


def plain(node: Node) -> bool:
    return node.id == "scalar" and bool(node.value) and "${{" not in node.value


def matrix_values(job: Job, name: str) -> Iterator[Node]:
    matrix = keyed(job.inner("strategy").value("matrix"))
    for row, (_, node) in matrix.items():
        if row.lower() == name.lower() and node.id == "sequence":
            yield from node.value
        elif row == "include" and node.id == "sequence":
            for item in node.value:
                yield from (pair[1] for key, pair in keyed(item).items() if key.lower() == name.lower())


def system_of(job: Job) -> System | None:
    """Return the operating system of a job's runner, None when it is not certain."""
    found: set[System | None] = set()
    for names in choices(job):
        found |= {next((one for one in (system(node.value) for node in names) if one), None)}
    if job.value("container") is not None:
        return None
    return found.pop() if len(found) == 1 else None
