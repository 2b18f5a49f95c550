"""The bundles a job needs, verified and put in place before its command runs."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.engine.bundle import NAME
from mlci.engine.record import Record, read_record
from mlci.engine.unpack import unpack
from mlci.engine.workspace import Workspace
from mlci.errors import InputError
from mlci.planning.plan import Job, Plan


def collect(plan: Plan, job: Job, workspace: Workspace) -> tuple[str, ...]:
    """Unpack the bundles of the jobs that make this job's inputs; return the jobs' ids.

    A job of `mlci run` leaves no bundle, for its outputs lie in the workspace already; those count as well.

    Raises
    ------
    InputError : a bundle is missing or damaged
    """
    found = []
    for maker in makers(plan, job):
        bundle = workspace.handoff(maker.id) / NAME
        record = read_record(workspace.handoff(maker.id))
        if bundle.is_file():
            unpack(bundle, workspace.root, workspace.state, job_id=job.id, only=maker.files.made)
            found.append(maker.id)
        elif not (record is not None and in_place(record, workspace)) and not allowed(maker, record):
            raise lacking(job, maker, record, workspace)
    return tuple(found)


def makers(plan: Plan, job: Job) -> Iterator[Job]:
    """Yield the jobs whose bundles a job collects, of a matrix job each instance."""
    for name in job.collects:
        maker = plan.job(name)
        if maker is not None:
            yield from maker.instances()


def in_place(record: Record, workspace: Workspace) -> bool:
    """Tell whether a job's outputs lie in the workspace as its record says."""
    if not record.done:
        return False
    try:
        return all(workspace.cache.digest(path) == digest for path, digest in record.outputs.items())
    except InputError:
        return False


def allowed(maker: Job, record: Record | None) -> bool:
    """Tell whether a job may have failed; whether its inputs are there is then seen one by one."""
    return maker.stage.allow_failure and (record is None or not record.done)


def lacking(job: Job, maker: Job, record: Record | None, workspace: Workspace) -> InputError:
    """Say that a bundle is missing."""
    folder = workspace.handoff(maker.id).relative_to(workspace.root).as_posix()
    if record is not None and not record.done:
        return InputError(
            f"'{job.id}' needs the outputs of '{maker.id}', which {record.status}", help="see its log first"
        )
    return InputError(
        f"'{job.id}' needs the bundle of '{maker.id}', and {folder}/{NAME} is not there",
        help=f"here, `mlci run {job.stage.name}` runs what is needed; at a vendor, see how the job of "
        f"'{maker.id}' handed on its folder",
    )
