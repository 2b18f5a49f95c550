"""Whether a job is up to date in this workspace, and if not, why."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from mlci.engine.key import explain, ingredients, key_of
from mlci.engine.record import Record, read_record
from mlci.engine.workspace import Workspace
from mlci.errors import InputError
from mlci.planning.plan import Job, Plan


class Verdict(NamedTuple):
    """Whether a job need not run."""

    reasons: tuple[str, ...]
    """Why it must run; empty when it need not."""
    record: Record | None = None
    """The account of its last execution here."""

    @property
    def current(self) -> bool:
        return not self.reasons


def judge(plan: Plan, job: Job, workspace: Workspace, *, ran: Collection[str] = ()) -> Verdict:
    """Compare a job's key and outputs with its last record.

    Parameters
    ----------
    plan : the workflow
    job : one job, or one instance of a matrix job
    workspace : where
    ran : the ids of the jobs it needs that have just run; they matter to what is never restored, a deploy

    Raises
    ------
    InputError : an input is missing or cannot be read
    """
    record = read_record(workspace.handoff(job.id))
    if record is None:
        return Verdict(("it has not run here yet",))
    if not job.files.cached and job.stage.uses is None:
        return Verdict(("it names no inputs and outputs, so it always runs",), record)
    if not record.done:
        return Verdict(
            (f"it {'was interrupted' if record.status == 'interrupted' else 'failed'} last time",), record
        )
    made = ingredients(plan.pipeline, job, workspace)
    reasons = explain(record.ingredients, made)
    if not reasons and record.key != key_of(made):
        reasons = ("its key changed",)
    if not reasons and not job.files.cached and ran:
        reasons = tuple(f"'{each}' ran" for each in ran)
    return Verdict(reasons or changed_outputs(record, workspace), record)


def changed_outputs(record: Record, workspace: Workspace) -> tuple[str, ...]:
    """Say which outputs are not as the job left them."""
    found = []
    for path, digest in record.outputs.items():
        try:
            same = workspace.cache.digest(path) == digest
        except InputError:
            found.append(f"output {path} is gone")
            continue
        if not same:
            found.append(f"output {path} changed")
    return tuple(found)
