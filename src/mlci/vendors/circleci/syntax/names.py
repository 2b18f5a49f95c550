"""The jobs that a workflow runs once matrices are expanded, and what `requires` can call them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count, product
from math import prod
from typing import NamedTuple

from mlci.vendors.circleci.syntax.model import JobUse, Workflow, read_config
from mlci.vendors.circleci.syntax.plain import plain
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, scalars, sequence, text

MATRIX = re.compile(r"<<\s*matrix\.([A-Za-z0-9_-]+)\s*>>")
MAX_COMBINATIONS = 500
"""Of one matrix: more than any vendor's limit of jobs in a workflow."""
MAX_INSTANCES = 2_000
"""Of a workflow, beyond which matrices are no longer followed."""

Row = Mapping[str, Node]
"""One combination of a matrix."""


class Instance(NamedTuple):
    """One run of a job: of a matrix, one of its combinations."""

    use: JobUse
    name: str
    row: Row


class Names:
    """The jobs a workflow runs and what they answer to: names, and patterns where only CircleCI knows more.

    Parameters
    ----------
    workflow : the workflow
    groups : groups of jobs that it may run, and whose jobs are its own then
    fill : puts the values of a pipeline into a text
    """

    def __init__(
        self,
        workflow: Workflow,
        groups: Mapping[str, Workflow] | None = None,
        fill: Callable[[str, Row], str] = lambda text, row: text,
    ) -> None:
        self.instances: list[Instance] = []
        self.runs: dict[str, list[Instance]] = {}
        self.fixed: dict[str, list[JobUse]] = {}
        self.open: list[tuple[list[str], JobUse]] = []
        self.fill = fill
        for use in workflow.jobs:
            group = (groups or {}).get(use.job)
            for job in (use,) if group is None else group.jobs:
                self.add(job, [] if group is None else [group.name])

    def add(self, use: JobUse, also: list[str]) -> None:
        """Add the runs of a job, which answer together to a matrix's alias, or to the name of a group."""
        name = text(get(use.arguments, "name"))
        if use.matrix():
            also = [*also, text(get(use.arguments, "matrix", "alias")) or use.job]
            also += [use.job] if name is None else []
        axes = sorted(one.name for one in use.matrix())
        called = name or "-".join((use.job, *(f"<< matrix.{axis} >>" for axis in axes)))
        for row in each_row(use) if len(self.instances) < MAX_INSTANCES else [{}]:
            found = self.fill(put(called, row), row)
            instance = Instance(use, found if "<<" in found else self.free(found), row)
            self.instances.append(instance)
            self.answer(instance, found, also)

    def free(self, name: str) -> str:
        """Return a name that no other has: of jobs of one name, CircleCI numbers those after the first."""
        met = self.runs.get(name)
        if met is None:
            return name
        if f"{name}-1" not in self.runs:
            self.note(f"{name}-1", met[0])
        numbers = count(len(met) + 1)
        return next(one for number in numbers if (one := f"{name}-{number}") not in self.runs)

    def answer(self, instance: Instance, name: str, also: list[str]) -> None:
        """Note what an instance answers to; an expression in its name stands for anything."""
        if "<<" in name:
            self.open.append((re.split(r"<<[^>]*>>", name), instance.use))
        fixed = (one for one in (*also, name, instance.name) if "<<" not in one)
        for one in dict.fromkeys(fixed):
            self.note(one, instance)

    def note(self, name: str, instance: Instance) -> None:
        self.runs.setdefault(name, []).append(instance)
        uses = self.fixed.setdefault(name, [])
        if not uses or uses[-1] is not instance.use:
            uses.append(instance.use)

    def find(self, name: str) -> list[JobUse]:
        """Return the jobs a requirement means; several for a job that is run twice."""
        return self.fixed.get(name) or [one for parts, one in self.open if fits(parts, name)]


def named(file: SourceFile) -> list[tuple[Workflow, Names]]:
    """Return each workflow and group of a file, with what its jobs are called."""
    return [(workflow, Names(workflow)) for workflow in file.once(read_config).all_workflows()]


def fits(parts: list[str], name: str) -> bool:
    """Tell whether a name holds parts in their order, begins with the first and ends with the last."""
    first, *inner, last = parts
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    place = len(first)
    for part in inner:
        found = name.find(part, place, len(name) - len(last))
        if found < 0:
            return False
        place = found + len(part)
    return True


def rows(use: JobUse) -> list[Row] | None:
    """Return the combinations of a job's matrix, one without; None when they are not all written out."""
    axes = {one.name: sequence(one.value) for one in use.matrix()}
    excluded = sequence(get(use.arguments, "matrix", "exclude"))
    without = [plain(one) for one in excluded]
    if excluded and any("<<" in one.value for one in scalars(get(use.arguments, "matrix"))):
        return None
    if not 0 < prod(map(len, axes.values())) <= MAX_COMBINATIONS:
        return None
    found = (dict(zip(axes, values, strict=True)) for values in product(*axes.values()))
    return [row for row in found if not excluded or {axis: plain(row[axis]) for axis in row} not in without]


def each_row(use: JobUse) -> list[Row]:
    """Return the combinations of a matrix; one of which nothing is known when they are not written out."""
    found = rows(use)
    return [{}] if found is None else found


def expand(template: str, use: JobUse) -> list[str]:
    """Replace `<< matrix.x >>` by every value of the job's matrix."""
    if "<<" not in template:
        return [template]
    return list(dict.fromkeys(put(template, row) for row in each_row(use)))


def put(template: str, row: Row) -> str:
    return MATRIX.sub(lambda found: text(row.get(found[1])) or found[0], template)


def axis(node: Node | None) -> list[str] | None:
    """Return the values of one axis as text; None when they are not all written out."""
    if node is None or node.id != "sequence":
        return None
    found = [text(one) for one in sequence(node)]
    return None if None in found else [str(one) for one in found]


def requirements(use: JobUse) -> Iterator[tuple[Node, Node | None]]:
    """Yield each name in a job's `requires`, and how that job must have ended when it is said."""
    found = get(use.arguments, "requires")
    for one in [found] if found is not None and found.id == "scalar" else sequence(found):
        if one.id == "scalar":
            yield one, None
        yield from ((state.key, state.value) for state in items(one))


def unmet(use: JobUse, name: str) -> str:
    """Say that nothing answers to a requirement."""
    return f"'{use.name}' requires '{name}', which workflow '{use.workflow.name}' does not run"
