"""A report put together: a run's records, beside the baseline's where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlci.engine.key import explain
from mlci.engine.record import Record
from mlci.engine.stat_cache import StatCache
from mlci.report import curves, documents, packages
from mlci.report.baseline import Baseline, open_baseline
from mlci.report.direction import directions, gates, is_detail, verdict
from mlci.report.held import Held
from mlci.report.model import Against, Change, Check, Curve, Metric, Package, Report
from mlci.report.numbers import real
from mlci.report.rows import above, rows
from mlci.report.run import Run, open_run

HANDOFF = Path(".mlci/handoff")
STATE = Path(".mlci/state")
MAX_METRICS = 2000
MAX_CURVES = 60
MAX_CHECKS = 5000


class Request(NamedTuple):
    """What a report is to be of."""

    root: Path
    folders: tuple[Path, ...] = ()
    """Where the records lie; `.mlci/handoff` of the root if none."""
    workflow: str = ""
    against: str = ""


class Assembled(NamedTuple):
    """A report, and the records it was made of."""

    report: Report
    records: tuple[Record, ...]


def assemble(request: Request) -> Assembled:
    """Make a report.

    Raises
    ------
    InputError : there are no records, or not what they are to be compared with
    """
    run = open_run(request.root, request.folders or (request.root / HANDOFF,), request.workflow)
    records = run.records
    base = open_baseline(request.against, request.root, run.workflow, records) if request.against else None
    before = {} if base is None else base.records
    made = things_made(run.held.values(), records, request.root)
    old = made_before(base)
    drawn = keyed(old.curves)
    measured, checked = tuple(metrics(records, before)), tuple(checks(records))
    report = Report(
        pipeline="" if run.plan is None else run.plan.pipeline.name,
        workflow=run.workflow,
        context=run.context,
        jobs=tuple(rows(run, before)),
        metrics=measured[:MAX_METRICS],
        checks=checked[:MAX_CHECKS],
        curves=tuple(curves.beside(each, drawn) for each in made.curves[:MAX_CURVES]),
        changes=() if base is None else tuple(changes(records, base.given)),
        packages=tuple(packages.beside(each, old.packages) for each in made.packages),
        against=None if base is None else Against(base.name, base.context, len(base.records)),
        notes=(
            *notes(run, base),
            *dropped(len(measured) - MAX_METRICS, "metrics"),
            *dropped(len(checked) - MAX_CHECKS, "checks"),
            *dropped(len(made.curves) - MAX_CURVES, "training curves"),
        ),
    )
    return Assembled(report, tuple(records.values()))


class Made(NamedTuple):
    """What jobs made that can be shown."""

    curves: tuple[Curve, ...] = ()
    packages: tuple[Package, ...] = ()


def things_made(held: Iterable[Held], records: Mapping[str, Record], root: Path | None) -> Made:
    """Return the curves and packages of some jobs; a file that two jobs name counts once."""
    cache = None if root is None else StatCache(root, root / STATE, lambda text: None)
    checked = curves.histories(list(records.values()))
    drawn: dict[tuple[str, str], Curve] = {}
    packed: list[Package] = []
    for each in held:
        files = documents.of_job(each, root, cache.digest if cache is not None else str)
        for curve in curves.curves(each.record, files, checked):
            drawn.setdefault((curve.file, curve.name), curve)
        packed.extend(packages.packages(each.record.job, files))
    return Made(tuple(drawn.values()), tuple(packed))


def made_before(base: Baseline | None) -> Made:
    if base is None:
        return Made()
    found = things_made(base.held, base.records, None)
    return Made((*base.curves, *found.curves), (*base.packages, *found.packages))


def keyed(found: Sequence[Curve]) -> dict[tuple[str, str], Curve]:
    return {(each.file, each.name): each for each in found}


def metrics(records: Mapping[str, Record], before: Mapping[str, Record]) -> Iterator[Metric]:
    """Yield every metric of the run, beside the baseline's."""
    for job, record in records.items():
        old = before.get(job)
        bounds, ways = gates(record), directions(record)
        names = dict.fromkeys((*bounds, *record.metrics, *(() if old is None else old.metrics)))
        for name in names:
            value = real(record.metrics.get(name))
            then = None if old is None else real(old.metrics.get(name))
            if value is None and then is None:
                continue
            gate = bounds.get(name)
            kept = None if gate is None or value is None else record.checks.get(str(gate), gate.holds(value))
            bound = "" if gate is None else f"{gate.comparison} {gate.bound:g}"
            judged = verdict(ways.get(name, 0), value, then)
            yield Metric(job, name, value, then, judged, bound, kept, is_detail(record, name))


def checks(records: Mapping[str, Record]) -> Iterator[Check]:
    for job, record in records.items():
        for name, passed in record.checks.items():
            yield Check(job, name, passed)


def changes(records: Mapping[str, Record], before: Mapping[str, Mapping[str, Any]]) -> Iterator[Change]:
    """Yield what each job is given that the baseline's was not; what other jobs made of it is left out."""
    made = {path for record in records.values() for path in record.outputs}
    for job, record in records.items():
        old, new = before.get(job), record.ingredients
        if not old or not new:
            continue
        reasons = explain(own(old, made), own(new, made))
        if reasons:
            yield Change(job, reasons)


def own(given: Mapping[str, Any], made: set[str]) -> dict[str, Any]:
    """Return what determines a job's result, without inputs that other jobs made."""
    return {name: value for name, value in given.items() if not is_made(name, made)}


def is_made(name: str, made: set[str]) -> bool:
    """Tell whether an ingredient is an input that some job made."""
    kind, _, path = name.partition(".")
    return kind == "input" and not made.isdisjoint((path, *above(path)))


def dropped(count: int, what: str) -> tuple[str, ...]:
    return (f"{count:,} more {what} are not shown",) if count > 0 else ()


def notes(run: Run, base: Baseline | None) -> Iterator[str]:
    """Yield what a reader should know beside the tables."""
    yield from run.notes
    named = {job.id for job in run.planned}
    for each in run.found.spoilt:
        folder = Path(each.path).parent.name
        if folder not in named and folder.removeprefix("mlci-") not in named:
            yield f"{each.path} is left out: {each.why}"
    commits = {record.context.get("commit", "") for record in run.records.values()} - {""}
    if len(commits) > 1:
        said = "the last is shown, and what was up to date has not run again"
        yield f"its jobs ran at {len(commits)} commits: {said}"
    if base is not None:
        yield from base.notes
