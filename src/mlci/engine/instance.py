"""Which job an `mlci exec` means: by its id, by its stage, and by the combination of a matrix."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlci.errors import InputError
from mlci.findings import suggest
from mlci.planning.plan import Job, Plan

MATRIX = "MLCI_MATRIX"


def find_job(plan: Plan, stage: str, job_id: str | None, environ: Mapping[str, str]) -> Job:
    """Return the one job, or instance of a matrix job, that is meant.

    Parameters
    ----------
    plan : the workflow
    stage : a stage's name
    job_id : the job's own id, where it is not the stage's name
    environ : may hold MLCI_MATRIX, a JSON object of axes and values

    Raises
    ------
    InputError : there is no such job, or it is not clear which
    """
    job = plan.job(job_id or stage) or (None if job_id else only_use(plan, stage))
    if job is None:
        uses = [one.id for each in plan.jobs if each.stage.name == stage for one in each.instances()]
        known = uses or [each.id for each in plan.jobs]
        said = f"workflow '{plan.workflow.name}' has no job '{job_id or stage}'"
        help = suggest(job_id or stage, known) or f"its jobs are {', '.join(known)}"
        raise InputError(said, help=f"name one by --job: {', '.join(uses)}" if uses else help)
    if job.stage.name != stage:
        help = f"write `mlci exec {job.stage.name} --job {job.id}`"
        raise InputError(f"job '{job.id}' is of stage '{job.stage.name}', not '{stage}'", help=help)
    return job if job.stage.matrix is None else instance(job, environ.get(MATRIX, ""))


def only_use(plan: Plan, stage: str) -> Job | None:
    """Return the job of a stage that stands in the workflow once, under another name."""
    uses = [job for job in plan.jobs if job.stage.name == stage]
    return uses[0] if len(uses) == 1 else None


def instance(job: Job, text: str) -> Job:
    every = job.instances()
    names = ", ".join(each.id for each in every)
    if not text:
        raise InputError(
            f"'{job.id}' is a matrix job, and {MATRIX} does not say which",
            help=f"name one by --job: {names}",
        )
    wanted = read_combination(text)
    for each in every:
        if same(each.combination or {}, wanted):
            return each
    raise InputError(f"'{job.id}' has no combination {text[:200]}", help=f"it has {names}")


def read_combination(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{MATRIX} is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise InputError(f"{MATRIX} must be a JSON object of axes and values")
    return said


def same(mine: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Tell whether two combinations are one; a vendor may have made text of a number."""
    return mine.keys() == wanted.keys() and all(
        alike(mine[name], wanted[name]) or text_of(mine[name]) == text_of(wanted[name]) for name in mine
    )


def alike(mine: Any, wanted: Any) -> bool:
    """Tell whether two values of JSON are equal; true is no 1, though Python says so."""
    if isinstance(mine, dict) and isinstance(wanted, dict):
        return mine.keys() == wanted.keys() and all(alike(mine[name], wanted[name]) for name in mine)
    return mine == wanted and isinstance(mine, bool) == isinstance(wanted, bool)


def text_of(value: Any) -> str:
    """Return a value as a vendor's variable would hold it."""
    if isinstance(value, str):
        return value
    return json.dumps(value)
