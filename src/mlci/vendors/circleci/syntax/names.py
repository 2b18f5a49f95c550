"""What the jobs of a workflow are called once matrices are expanded: the names that `requires` can use."""

from __future__ import annotations

import re
from itertools import islice, product

from mlci.vendors.circleci.syntax.model import JobUse, Workflow
from mlci.yaml.document import Node
from mlci.yaml.tree import get, sequence, text

MATRIX = re.compile(r"<<\s*matrix\.([A-Za-z0-9_-]+)\s*>>")
MAX_NAME = 500
MAX_COMBINATIONS = 500
"""More than any vendor's limit of jobs in a workflow."""


class Names:
    """The names a workflow's jobs answer to: fixed ones, and patterns where only CircleCI knows the rest."""

    def __init__(self, workflow: Workflow) -> None:
        self.fixed: dict[str, list[JobUse]] = {}
        self.open: list[tuple[list[str], JobUse]] = []
        for job in workflow.jobs:
            for name in answers(job):
                self.add(name, job)

    def add(self, name: str, job: JobUse) -> None:
        """Add one name; an expression in it stands for anything."""
        if "<<" not in name:
            self.fixed.setdefault(name, []).append(job)
            return
        self.open.append((re.split(r"<<[^>]*>>", name), job))

    def find(self, name: str) -> list[JobUse]:
        """Return the jobs a requirement means; several for a matrix, or for a job that is run twice."""
        if name in self.fixed:
            return self.fixed[name]
        found = [job for parts, job in self.open if fits(parts, name)]
        return found or self.numbered(name)

    def numbered(self, name: str) -> list[JobUse]:
        """Return the jobs that CircleCI itself names so: `build-1`, or `build-3.11` of a matrix."""
        bases = [name[:index] for index, sign in enumerate(name[:MAX_NAME]) if sign == "-"]
        return [
            job
            for base in bases
            for job in self.fixed.get(base, ())
            if job.matrix() or (len(self.fixed[base]) > 1 and name[len(base) + 1 :].isdecimal())
        ]


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


def answers(job: JobUse) -> list[str]:
    name = text(get(job.arguments, "name"))
    alias = text(get(job.arguments, "matrix", "alias"))
    names = [job.job] if name is None else expand(name, job) if job.matrix() else [name]
    return list(dict.fromkeys([alias, *names] if alias else names))


def expand(template: str, job: JobUse) -> list[str]:
    """Replace `<< matrix.x >>` by every value of the job's matrix."""
    used = list(dict.fromkeys(MATRIX.findall(template)))
    axes = {one.name: one.value for one in job.matrix()}
    values = [axis(axes.get(name)) for name in used]
    if not used or any(value is None for value in values):
        return [template]
    combinations = islice(product(*(value or [] for value in values)), MAX_COMBINATIONS)
    filled = (fill(template, dict(zip(used, combination, strict=True))) for combination in combinations)
    return list(dict.fromkeys(filled))


def fill(template: str, values: dict[str, str]) -> str:
    """Replace each `<< matrix.x >>` by its value."""
    return MATRIX.sub(lambda found: values[found[1]], template)


def axis(node: Node | None) -> list[str] | None:
    """Return the values of one axis as text; None when they are not all written out."""
    if node is None or node.id != "sequence":
        return None
    found = [text(one) for one in sequence(node)]
    return None if None in found else [str(one) for one in found]
