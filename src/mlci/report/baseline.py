"""What a run is compared with: another run's records, a report of one, or a revision of the repository."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlci.engine.record import Record
from mlci.errors import InputError
from mlci.report.held import Held, find
from mlci.report.model import Curve, Package

MAX_REPORT = 64 * 2**20


class Baseline(NamedTuple):
    """What is known of the other run, by job."""

    name: str
    context: Mapping[str, str]
    records: Mapping[str, Record]
    given: Mapping[str, Mapping[str, Any]]
    """All that determines each job's result: its key's ingredients."""
    held: tuple[Held, ...] = ()
    """Records with their bundles, for what else the jobs made."""
    curves: tuple[Curve, ...] = ()
    packages: tuple[Package, ...] = ()
    notes: tuple[str, ...] = ()


def open_baseline(asked: str, root: Path, workflow: str, now: Mapping[str, Record]) -> Baseline:
    """Find what a run is to be compared with.

    Parameters
    ----------
    asked : a folder of records, a report as JSON, or a revision of git
    root : the folder of mlci.yaml
    workflow : the run's
    now : the run's records by job

    Raises
    ------
    InputError : there is no such thing, or nothing can be read of it
    """
    path = Path(asked)
    if path.is_file():
        return of_report(asked, path)
    if path.is_dir():
        return of_folder(asked, path, workflow)
    from mlci.report.revision import of_revision

    return of_revision(asked, root, workflow, now)


def of_folder(asked: str, path: Path, workflow: str) -> Baseline:
    """Read the records in a folder: those of the same workflow, and where it has none, of any."""
    state = path / ".mlci" / "handoff"
    found = find([state if state.is_dir() else path])
    if not found.held:
        why = f": {found.spoilt[0].path}: {found.spoilt[0].why}" if found.spoilt else ""
        help = f"name a folder of a run's records; for a branch of that name, say refs/heads/{asked}"
        raise InputError(f"there are no records in {path}{why}", help=help)
    notes = tuple(f"of {asked}, {each.path} is left out: {each.why}" for each in found.spoilt)
    chosen: dict[str, Held] = {}
    for held in found.held:
        if held.record.job not in chosen or held.record.workflow == workflow:
            chosen[held.record.job] = held
    return of_held(asked, tuple(chosen.values()))._replace(notes=notes)


def of_held(asked: str, held: tuple[Held, ...]) -> Baseline:
    records = {each.record.job: each.record for each in held}
    given = {job: record.ingredients for job, record in records.items()}
    return Baseline(asked, context_of(list(records.values())), records, given, held)


def context_of(records: list[Record]) -> Mapping[str, str]:
    """Return the context of the record that ended last, of those that know their commit if any does."""
    known = [record for record in records if record.context.get("commit")] or records
    latest = max(known, key=lambda record: record.timing.finished, default=None)
    return {} if latest is None else latest.context


def of_report(asked: str, path: Path) -> Baseline:
    """Read a report that was made as JSON."""
    from mlci.report import data

    help = "make it by `mlci report -o report.json`"
    try:
        with path.open("rb") as file:
            text = file.read(MAX_REPORT + 1)
        if len(text) > MAX_REPORT:
            raise InputError(f"{path} is larger than {MAX_REPORT >> 20} MiB", help=help)
        said = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot read the report {path}: {error}", help=help) from error
    back = data.read_report(said)
    if back is None:
        raise InputError(f"{path} is no report of mlci, or is damaged", help=help)
    found = of_held(asked, tuple(Held(record) for record in back.records))
    return found._replace(held=(), curves=back.curves, packages=back.packages)
