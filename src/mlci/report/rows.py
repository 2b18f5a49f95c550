"""The jobs of a run as rows: their states, what they took, and which are left over from a run before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from mlci.engine.record import Record
from mlci.planning.plan import Job as Planned
from mlci.report.model import Job
from mlci.report.numbers import real
from mlci.report.run import Run

FOREVER = 10.0**9
"""Seconds that no job takes."""
REFUSED = 2
"""The exit status of a job that could not begin."""


def rows(run: Run, before: Mapping[str, Record]) -> Iterator[Job]:
    """Yield the rows of a run: the jobs of its plan, and others that left a record.

    Parameters
    ----------
    run : the run
    before : the baseline's records by job
    """
    damaged = {PurePosixPath(each.path).parent.name: each.why for each in run.found.spoilt}
    records = run.records
    left = left_over(records)
    known = {job.id: job for job in run.planned}
    for name in dict.fromkeys((*known, *records)):
        if name in records:
            yield row(records[name], before.get(name), left.get(name, ""))
        else:
            yield absent(run, known[name], damaged)


def row(record: Record, before: Record | None, earlier: str) -> Job:
    refused = not record.done and not record.key and record.exit_status == REFUSED
    ended = "could not begin" if refused else record.status.replace("-", " ")
    return Job(
        record.job,
        "done" if record.done else "failed",
        "restored" if record.restored else ended,
        seconds(record),
        None if before is None or before.restored else seconds(before),
        record.attempts,
        record.message,
        earlier,
        before is not None and record.done and before.done and bool(record.key) and record.key == before.key,
    )


def seconds(record: Record) -> float | None:
    """Return what a job took, None when nobody knows."""
    took = real(record.timing.seconds)
    return took if record.timing.started and took is not None and 0 <= took < FOREVER else None


def absent(run: Run, job: Planned, damaged: Mapping[str, str]) -> Job:
    """Return the row of a job that has no record: skipped, damaged, or nobody knows."""
    for name in (job.id, f"mlci-{job.id}"):
        if name in damaged:
            return Job(job.id, "damaged", "damaged record", message=damaged[name])
    why = run.withheld(job)
    if why:
        return Job(job.id, "skipped", "skipped", message=why)
    return Job(job.id, "none", "no record")


def left_over(records: Mapping[str, Record]) -> dict[str, str]:
    """Return the jobs whose records are older than what they read, each with the reason.

    `mlci run` leaves the records of jobs that it did not reach; those tell of a run before.
    """
    makers = {path: record for record in records.values() for path in declared(record)}
    readers: dict[str, list[str]] = {}
    found: dict[str, str] = {}
    for job, record in records.items():
        for path, digest in record.inputs.items():
            maker = next((makers[each] for each in (path, *above(path)) if each in makers), None)
            if maker is None or maker.job == job:
                continue
            readers.setdefault(maker.job, []).append(job)
            why = outdated(record, path, digest, maker)
            if why:
                found.setdefault(job, why)
    waiting = list(found)
    while waiting:
        job = waiting.pop()
        fresh = [each for each in readers.get(job, ()) if each not in found]
        found |= dict.fromkeys(fresh, f"so is '{job}', whose outputs it reads")
        waiting += fresh
    return found


def declared(record: Record) -> list[str]:
    """Return the outputs a job is to make, those of a failed one too."""
    named = record.ingredients.get("outputs")
    return [str(path) for path in named] if isinstance(named, list) else list(record.outputs)


def outdated(record: Record, path: str, digest: str, maker: Record) -> str:
    """Return why a record is older than the job whose output it reads; "" when it is not."""
    since = bool(record.timing.finished) and maker.timing.started > record.timing.finished
    if not maker.done:
        return f"'{maker.job}' has failed since" if since else ""
    changed = maker.outputs[path] != digest if path in maker.outputs else since
    return f"'{maker.job}' has run since" if changed else ""


def above(path: str) -> list[str]:
    return [parent.as_posix() for parent in PurePosixPath(path).parents]
