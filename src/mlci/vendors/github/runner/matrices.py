"""The combinations of a job's matrix.

Source: GitHub's documentation, "Running variations of jobs in a workflow".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from mlci.errors import InputError
from mlci.planning.plan import slug
from mlci.vendors.github.runner.evaluation import Scope, interpolate
from mlci.vendors.github.runner.reading import Job

Combination = Mapping[str, Any]
CHANGES = ("exclude", "include")
"""What stands beside the rows of a matrix."""


def combinations(job: Job, scope: Scope) -> list[Combination]:
    """Return a job's combinations; an empty one for a job without a matrix.

    Raises
    ------
    InputError : it is no matrix
    """
    strategy = interpolate(job.data.get("strategy"), scope)
    given = strategy.get("matrix") if isinstance(strategy, Mapping) else None
    if given is None:
        return [{}]
    if not isinstance(given, Mapping):
        raise InputError(f"the matrix of job '{job.key}' is no mapping")
    axes = {name: row(job, name, given[name]) for name in given if name not in CHANGES}
    excluded, included = (row(job, name, given.get(name, []), of=Mapping) for name in CHANGES)
    crossed = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())] if axes else []
    kept = [one for one in crossed if not any(fits(one, other) for other in excluded)]
    return include(kept, included, frozenset(axes))


def row(job: Job, name: str, given: Any, of: type = object) -> list[Any]:
    """Return one list of a matrix, which an expression may have made something else."""
    if not isinstance(given, list) or not all(isinstance(each, of) for each in given):
        raise InputError(f"'{name}' of the matrix of job '{job.key}' is no list of what it takes")
    return given


def fits(one: Any, other: Any) -> bool:
    """Tell whether a value is another, or has all that the other has, which may name less."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return bool(one == other)
    return all(name in one and fits(one[name], value) for name, value in other.items())


def include(
    kept: list[dict[str, Any]], rows: Iterable[Combination], axes: frozenset[str]
) -> list[Combination]:
    """Add each row to all combinations whose own values it leaves alone; else it is one of its own."""
    originals = [dict(one) for one in kept]
    added: list[Combination] = []
    for row in rows:
        own = {name: value for name, value in row.items() if name in axes}
        met = [at for at, one in enumerate(originals) if fits(one, own)]
        for at in met:
            kept[at].update(row)
        if not met:
            added.append(dict(row))
    return [*kept, *added]


def instance_id(job: Job, combination: Combination) -> str:
    return f"{job.id}-{slug(combination)}" if combination else job.id
