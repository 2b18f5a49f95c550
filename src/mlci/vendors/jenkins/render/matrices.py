"""Matrix jobs as Jenkins' own `matrix`, where it can say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import product
from typing import Any, NamedTuple

from mlci.engine.environment import variable
from mlci.planning.plan import Job

SAFE = re.compile(r"[A-Za-z0-9._+-]+")
"""Values that may stand in a stash's name."""


class Axis(NamedTuple):
    """One axis: its variable, and its values as text."""

    name: str
    variable: str
    values: tuple[str, ...]
    quoted: bool
    """Whether its values are text, and so quoted in JSON."""


class Native(NamedTuple):
    """A matrix job as Jenkins has it."""

    axes: tuple[Axis, ...]
    excludes: tuple[tuple[tuple[str, str], ...], ...]
    """Rows of (variable, value)."""


def native(job: Job) -> Native | None:
    """Return a job's matrix as Jenkins has it; None when it must be written out, one stage a combination.

    Jenkins' values are text: an axis of numbers and text mixed, or of mappings, cannot come back as it was. A
    `python` axis chooses the image, which stands outside of what a cell may vary.
    """
    matrix = job.stage.matrix
    if matrix is None or "python" in matrix.axes:
        return None
    axes = tuple(axis(name, values) for name, values in matrix.axes.items())
    if any(one is None for one in axes) or len({one.variable for one in axes if one}) < len(axes):
        return None
    known = tuple(one for one in axes if one is not None)
    made = Native(known, tuple(row(known, one) for one in matrix.exclude if set(one) <= set(matrix.axes)))
    return made if same(made, job) else None


def axis(name: str, values: tuple[Any, ...]) -> Axis | None:
    """Return one axis, None when its values cannot be text and come back."""
    quoted = all(isinstance(value, str) for value in values)
    if not quoted and any(isinstance(value, str | Mapping) for value in values):
        return None
    texts = tuple(text(value) for value in values)
    if not all(SAFE.fullmatch(one) for one in texts) or len(set(texts)) < len(texts):
        return None
    return Axis(name, f"MLCI_PARAM_{variable(name)}", texts, quoted)


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def row(axes: tuple[Axis, ...], given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((one.variable, text(given[one.name])) for one in axes if one.name in given)


def same(made: Native, job: Job) -> bool:
    """Tell whether Jenkins would run just the combinations that are asked for."""
    names = [one.variable for one in made.axes]
    cells = [dict(zip(names, values, strict=True)) for values in product(*(one.values for one in made.axes))]
    kept = [
        tuple(cell.values())
        for cell in cells
        if not any(dict(one).items() <= cell.items() for one in made.excludes)
    ]
    asked = [
        tuple(text(value) for value in one.combination.values()) for one in job.instances() if one.combination
    ]
    return kept == asked
