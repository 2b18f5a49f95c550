"""`mlci exec`: exactly one job, as a CI product calls it, in its own checkout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from mlci.engine.attempt import duration
from mlci.engine.collect import collect
from mlci.engine.execute import Options, Result, execute
from mlci.engine.instance import find_job
from mlci.engine.lock import locked
from mlci.engine.previous_outputs import recover
from mlci.engine.record import Record, write_record
from mlci.engine.reports import append_summary, summary, write_refusal
from mlci.engine.store import open_store
from mlci.engine.workspace import Workspace
from mlci.errors import InputError, StageError
from mlci.findings import Finding, suggest
from mlci.language.model import Pipeline
from mlci.planning.drawing import Drawing
from mlci.planning.plan import Job, Plan
from mlci.planning.vendor import ALL, Vendor

Say = Callable[[str], None]


class Request(NamedTuple):
    """What `mlci exec` was asked for."""

    stage: str
    workflow: str | None = None
    """The first, if None."""
    job: str | None = None
    force: bool = False
    allow_failure: bool = False
    """Whether a failure of the work ends with status 0, for a vendor that knows no such thing."""
    store: str | None = None
    """Another store than the pipeline's; "" for none."""


def exec_stage(
    pipeline: Pipeline, request: Request, workspace: Workspace, say: Say
) -> tuple[int, Result | None]:
    """Do one job and hand on its folder; return the exit status, and what came of the job.

    Parameters
    ----------
    pipeline : what mlci.yaml holds
    wish : which job, and how
    workspace : the checkout
    say : shows one line

    Raises
    ------
    InputError : there is no such job, or it cannot begin: an input, bundle or secret is missing
    """
    plan = plan_of(pipeline, request.workflow)
    job = find_job(plan, request.stage, request.job, workspace.environ)
    workspace.keep_from_git()
    lock = workspace.state / "locks" / job.id
    with locked(lock, f"`mlci exec` of '{job.id}'"), workspace.stop.on_signals():
        try:
            result = perform(plan, job, request, workspace, say)
        except InputError as error:
            refuse(job, workspace, error)
            annotate(workspace, error.findings or [said_of(plan, job, str(error), error.help)], say)
            raise
    show(plan, job, workspace, result, say)
    if result.exit_status == StageError.exit_status and request.allow_failure:
        say("mlci: the workflow goes on, as this job may fail")
        return 0, result
    return result.exit_status, result


def plan_of(pipeline: Pipeline, name: str | None) -> Plan:
    """Return the plan of a workflow, of the first one if none is named.

    Raises
    ------
    InputError : there is no such workflow
    """
    workflow = pipeline.workflows.get(name) if name else next(iter(pipeline.workflows.values()))
    if workflow is None:
        known = ", ".join(pipeline.workflows)
        help = suggest(name or "", pipeline.workflows) or f"the workflows are {known}"
        raise InputError(f"there is no workflow '{name}'", help=help)
    drawing = Drawing(pipeline, workflow)
    plan = drawing.plan()
    if plan is None:
        raise InputError(drawing.findings)
    return plan


def perform(plan: Plan, job: Job, request: Request, workspace: Workspace, say: Say) -> Result:
    recover(workspace.root, workspace.state / "aside", job.id)
    collect(plan, job, workspace)
    address = plan.pipeline.store if request.store is None else request.store
    store = open_store(address, workspace.root, workspace.warn) if address else None
    return execute(plan, job, workspace, Options(say, store, request.force, hand_on=True))


def refuse(job: Job, workspace: Workspace, error: InputError) -> None:
    """Hand on the folder of a job that could not begin."""
    command = {"uses": job.stage.uses} if job.stage.uses else {"run": job.stage.run}
    none: dict[str, str] = {}
    names = (job.workflow, job.stage.name, job.id)
    record = Record(*names, command, dict(job.stage.params), none, none, {}, "failed", error.exit_status)
    record = record._replace(message=str(error), context=workspace.context._asdict())
    write_record(record, workspace.handoff(job.id))
    write_refusal(workspace.reports(job.id), job.id, error)


def show(plan: Plan, job: Job, workspace: Workspace, result: Result, say: Say) -> None:
    """Leave what the vendor shows people: the step summary, and an annotation of a failure."""
    vendor = vendor_of(workspace)
    path = None if vendor is None else vendor.product.summary_file(workspace.environ)
    if path:
        try:
            append_summary(path, summary(result))
        except OSError as error:
            workspace.warn(f"cannot write the step summary: {error.strerror}")
    for line in ending(job, result):
        say(f"mlci: {line}")
    if result.exit_status:
        annotate(workspace, [said_of(plan, job, result.message, result.help)], say)


def ending(job: Job, result: Result) -> Iterator[str]:
    record = result.record
    if not record.done:
        yield result.message
        if result.help:
            yield f"help: {result.help}"
        return
    shown = ", ".join(f"{name} {value:.4g}" for name, value in record.metrics.items())
    how = "restored from the store" if record.restored else f"done in {duration(record.timing.seconds)}"
    yield f"'{job.id}' {how}" + (f" ({shown})" if shown else "")


def said_of(plan: Plan, job: Job, message: str, help: str | None) -> Finding:
    """Return a failure as a finding at its stage in mlci.yaml."""
    mark = plan.pipeline.mark("stages", job.stage.name, key=True)
    return Finding(mark, message, "stage-failed", "error", help)


def annotate(workspace: Workspace, findings: Iterable[Finding], say: Say) -> None:
    """Show findings the way the vendor turns into annotations."""
    vendor = vendor_of(workspace)
    lines = () if vendor is None else map(vendor.product.annotate, findings)
    for line in lines:
        if line:
            say(line)


def vendor_of(workspace: Workspace) -> Vendor | None:
    """Return the vendor whose run this is, None on any other machine."""
    return next((vendor for vendor in ALL if workspace.context.vendor == vendor.ID), None)
