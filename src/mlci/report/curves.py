"""Training curves: the histories among what jobs made, thinned to what can be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import PurePosixPath

from mlci.engine.record import Record
from mlci.report.direction import arguments
from mlci.report.documents import Document
from mlci.report.model import Curve, Line
from mlci.stages.train_check import Series, series_of

DRAWN = 120
"""How many values of a series are drawn."""
MOST = 12
"""How many curves of one file are shown."""
TWIN = "val_"


def curves(record: Record, documents: Sequence[Document], checked: frozenset[str]) -> Iterator[Curve]:
    """Yield the curves of a job.

    A JSON file is a history if it holds lists of numbers, and is called so, holds a loss, or is what a
    `train-check` reads.

    Parameters
    ----------
    record : the job's
    documents : the JSON files it has made
    checked : the paths that are known to be histories
    """
    for document in documents:
        series = {name: values for name, values in series_of(document.data).items() if len(values) > 1}
        called = "history" in PurePosixPath(document.path).name
        if called or "loss" in series or document.path in checked:
            yield from of_file(record.job, document.path, series)


def histories(records: Sequence[Record]) -> frozenset[str]:
    found = (arguments(each).get("history") for each in records if each.command.get("uses") == "train-check")
    return frozenset(path for path in found if isinstance(path, str))


def of_file(job: str, path: str, series: Series) -> Iterator[Curve]:
    names = [name for name in series if name.removeprefix(TWIN) == name or name[len(TWIN) :] not in series]
    for name in names[:MOST]:
        lines = [line("training" if f"{TWIN}{name}" in series else "", series[name])]
        if f"{TWIN}{name}" in series:
            lines.append(line("validation", series[f"{TWIN}{name}"]))
        yield Curve(job, path, name, tuple(lines))


def line(label: str, values: Sequence[float]) -> Line:
    """Return a series thinned, its first and last value always among what is left."""
    count = len(values)
    picks = range(count) if count <= DRAWN else [round(at * (count - 1) / (DRAWN - 1)) for at in range(DRAWN)]
    return Line(label, tuple(known(values[at]) for at in picks), count, known(values[0]), known(values[-1]))


def known(value: float) -> float | None:
    """Return a number, None for what is none."""
    return value if isfinite(value) else None


def beside(curve: Curve, before: Mapping[tuple[str, str], Curve]) -> Curve:
    old = before.get((curve.file, curve.name))
    return curve if old is None else curve._replace(before=old.lines)
