"""A report as JSON, and what a later report reads of it to compare with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, NamedTuple

from mlci.engine.record import Record, parse
from mlci.report.held import MAX_RECORDS
from mlci.report.model import Curve, Line, Package, Report
from mlci.report.numbers import real

FORMAT = "mlci-report/1"
LABELS = ("training", "validation")


class Back(NamedTuple):
    """What is read of a report."""

    records: tuple[Record, ...]
    curves: tuple[Curve, ...]
    packages: tuple[Package, ...]


def text(report: Report, records: Sequence[Record]) -> str:
    """Return a report as JSON; the records are part of it, so that it can be compared with alone."""
    said = {
        "format": FORMAT,
        "pipeline": report.pipeline,
        "workflow": report.workflow,
        "good": report.good,
        "verdict": report.verdict,
        "context": dict(report.context),
        "against": None if report.against is None else report.against._asdict(),
        "jobs": [each._asdict() for each in report.jobs],
        "metrics": [{**each._asdict(), "change": each.change} for each in report.metrics],
        "checks": [each._asdict() for each in report.checks],
        "curves": [of_curve(each) for each in report.curves],
        "changes": [each._asdict() for each in report.changes],
        "packages": [each._asdict() for each in report.packages],
        "notes": report.notes,
        "records": [json.loads(known(each).text()) for each in records],
    }
    return json.dumps(finite(said), indent=1, allow_nan=False) + "\n"


def known(record: Record) -> Record:
    """Return a record without metrics that are no finite number, for which JSON has no word."""
    metrics = {name: value for name, value in record.metrics.items() if real(value) is not None}
    return record._replace(metrics=metrics)


def of_curve(curve: Curve) -> dict[str, Any]:
    lines = {name: [line._asdict() for line in getattr(curve, name)] for name in ("lines", "before")}
    return {**curve._asdict(), **lines}


def finite(value: Any) -> Any:
    """Return plain data without what JSON has no word for: a number that is none becomes null."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite(each) for key, each in value.items()}
    return [finite(each) for each in value] if isinstance(value, list | tuple) else value


def read_report(said: Any) -> Back | None:
    """Read what can be compared with; None when it is no report."""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        return None
    try:
        found = [parse(json.dumps(each)) for each in said["records"][:MAX_RECORDS]]
        curves = tuple(read_curves(said["curves"]))
        packages = tuple(read_package(each) for each in said["packages"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None
    if any(record is None for record in found):
        return None
    return Back(tuple(record for record in found if record is not None), curves, packages)


def read_curves(said: Any) -> Iterator[Curve]:
    for each in said:
        lines = tuple(read_line(line) for line in each["lines"])
        yield Curve(str(each["job"]), str(each["file"]), str(each["name"]), lines)


def read_line(said: Any) -> Line:
    values = tuple(number(value) for value in said["values"])
    ends = (number(said["first"]), number(said["last"]))
    label = said["label"] if said["label"] in LABELS else ""
    return Line(label, values, int(said["epochs"]), *ends)


def number(value: Any) -> float | None:
    """Return a number or None.

    Raises
    ------
    ValueError : it is neither
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    return float(value)


def read_package(said: Any) -> Package:
    return Package(
        job=str(said["job"]),
        name=str(said["name"]),
        version=int(said["version"]),
        identity=str(said["identity"]),
    )
