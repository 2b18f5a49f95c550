"""What became of a job, from what its calls of `mlci exec` were seen to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM
from typing import NamedTuple

from mlci.engine.process import Ended
from mlci.errors import InputError
from mlci.parity.contract import Ran, Status
from mlci.parity.witness import Call

SIGNALLED = frozenset(128 + number for number in (SIGHUP, SIGINT, SIGKILL, SIGTERM))
"""Exit statuses of what somebody has ended."""


def refuse_signalled(program: str, ended: Ended) -> None:
    """Refuse to judge a run whose own program somebody has ended.

    Raises
    ------
    InputError : somebody has
    """
    if ended.status in SIGNALLED:
        said = f"the run was interrupted: {program} ended with exit status {ended.status}"
        raise InputError(said, help="run it again")


class Named(NamedTuple):
    """A job of a vendor's file, in mlci's words."""

    workflow: str
    id: str


class Outcome(NamedTuple):
    """How a vendor saw a job end."""

    status: Status
    began: float = 0.0
    ended: float = 0.0


def not_run(job: Named, status: Status, log: Path) -> Ran:
    return Ran(job.workflow, job.id, status, None, 0.0, 0.0, None, {}, (), log)


def account(
    job: Named,
    outcome: Outcome,
    calls: Sequence[Call],
    log: Path,
    *,
    saw: Mapping[str, str],
    secrets: Sequence[str],
) -> Ran:
    """Account for a job that ran.

    Parameters
    ----------
    job : which
    outcome : how its vendor saw it end; a job that may fail passes there, and has failed all the same
    calls : its calls of `mlci exec`
    log : what it printed
    saw : what its file has set of the environment of the last call
    secrets : names of those that its file gave it
    """
    last = calls[-1] if calls else None
    record = None if last is None else last.record
    exit_status: int | None = None if last is None else last.status
    if record is not None:
        exit_status = int(record["exit_status"])
    status = outcome.status
    if status == "passed" and record is not None and record.get("status") != "done":
        status = "failed"
    # What ends after its job was given up by the vendor: of that the signal is a consequence.
    if status == "failed" and last is not None and last.ended <= outcome.ended and exit_status in SIGNALLED:
        status = "interrupted"
    return Ran(
        job.workflow,
        job.id,
        status,
        exit_status,
        outcome.began,
        outcome.ended,
        record,
        dict(saw),
        tuple(sorted(secrets)),
        log,
        () if last is None else last.command,
        len(calls),
    )
