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


def combinations(job: Job, scope: Scope) -> list[Combination]:
    """Return a job's combinations; an empty one for a job without a matrix.

    Raises
    ------
    InputError : it is no matrix
    """
    if job.matrix is None:
        return [{}]
    given = interpolate(job.matrix, scope)
    if not isinstance(given, Mapping):
        raise InputError(f"the matrix of job '{job.key}' is no mapping")
    axes = {name: values for name, values in given.items() if name not in ("include", "exclude")}
    crossed = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())] if axes else []
    excluded = list(given.get("exclude") or ())
    kept = [one for one in crossed if not any(fits(one, other) for other in excluded)]
    return include(kept, list(given.get("include") or ()), frozenset(axes))


def fits(one: Combination, other: Combination) -> bool:
    """Tell whether a combination has all the values of another, which may name fewer axes."""
    return all(name in one and one[name] == value for name, value in other.items())


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
    """Return the id of one instance of a job, in mlci's words."""
    return f"{job.id}-{slug(combination)}" if combination else job.id
