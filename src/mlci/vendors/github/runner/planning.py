"""Which jobs of the workflows an event runs, worked out without running them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from mlci.errors import InputError, input_error
from mlci.parity.contract import Event, Planned
from mlci.parity.naming import calls, option
from mlci.vendors.github.runner.evaluation import FINE, Scope, holds, interpolate
from mlci.vendors.github.runner.events import context, inputs, not_started
from mlci.vendors.github.runner.matrices import Combination, combinations, instance_id
from mlci.vendors.github.runner.reading import RULE, Job, Workflow, read_workflows

Outputs = Callable[[Job], Mapping[str, Mapping[str, str]]]
"""Returns what the steps of a job have answered: step's id -> name -> value."""


class Fate(NamedTuple):
    """Whether a job of a file runs where all that runs before it succeeds."""

    runs: bool
    why: str = ""
    withheld: bool = False


def plan(files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
    """Tell which jobs an event runs, of every workflow.

    Raises
    ------
    InputError : a file is wrong, or holds what cannot be worked out
    """
    return tuple(each for workflow in read_workflows(files) for each in plan_workflow(workflow, event))


def plan_workflow(workflow: Workflow, event: Event) -> Iterator[Planned]:
    fates = fates_of(workflow, event, lambda job: answers(job, event))
    for job in workflow.jobs.values():
        needs = tuple(sorted(set(needed_ids(workflow, event, job))))
        for name in instances(workflow, event, job) if job.known else ():
            fate = fates[job.key]
            yield Planned(workflow.name, name, needs, fate.runs, fate.why, job.approval)


def instances(workflow: Workflow, event: Event, job: Job) -> dict[str, Combination]:
    """Return a job's instances: id -> combination; one of no combination without a matrix."""
    with placed(workflow, job, "strategy", "matrix"):
        return {instance_id(job, one): one for one in combinations(job, scope_of(workflow, event, {}))}


@contextmanager
def placed(workflow: Workflow, job: Job, *keys: str) -> Iterator[None]:
    """Say where in the file stands what cannot be worked out."""
    try:
        yield
    except InputError as error:
        mark = workflow.document.mark(("jobs", job.key, *keys))
        raise input_error(mark, str(error), RULE) from error


def needed_ids(workflow: Workflow, event: Event, job: Job) -> Iterator[str]:
    """Yield the ids of what a job waits for, through jobs of the file's own too."""
    for need in (workflow.jobs[key] for key in job.needs):
        yield from instances(workflow, event, need) if need.known else needed_ids(workflow, event, need)


def fates_of(workflow: Workflow, event: Event, outputs: Outputs) -> dict[str, Fate]:
    why = not_started(workflow, event)
    if why:
        return dict.fromkeys(workflow.jobs, Fate(False, why))
    fates: dict[str, Fate] = {}
    for job in workflow.jobs.values():
        fates[job.key] = fate_of(workflow, event, job, fates, outputs)
    return fates


def fate_of(workflow: Workflow, event: Event, job: Job, before: Mapping[str, Fate], outputs: Outputs) -> Fate:
    waiting = next((before[key] for key in job.needs if before[key].withheld), None)
    if waiting is not None:
        return waiting
    needs = {
        key: needed(workflow, event, workflow.jobs[key], outputs) if before[key].runs else SKIPPED
        for key in job.needs
    }
    results = ["success" if before[key].runs else "skipped" for key in ancestors(workflow, job)]
    scope = scope_of(workflow, event, needs)._replace(status=status_of(results))
    with placed(workflow, job, "if"):
        if not holds(job.condition, scope):
            return Fate(False, refusal(workflow, job, before))
    if job.approval and job.id not in event.approved:
        return Fate(False, f"approval '{job.id}' is not given", withheld=True)
    return Fate(True)


def refusal(workflow: Workflow, job: Job, before: Mapping[str, Fate]) -> str:
    """Say why a job's conditions do not hold."""
    if job.condition is not None:
        return f"only if {job.condition}"
    return next((f"'{workflow.jobs[key].id}' does not run" for key in job.needs if not before[key].runs), "")


def ancestors(workflow: Workflow, job: Job) -> frozenset[str]:
    return frozenset(each for key in job.needs for each in (key, *ancestors(workflow, workflow.jobs[key])))


def status_of(results: Iterable[str]) -> Mapping[str, bool]:
    """Return what the status functions say after all jobs before one ended so, not only those it needs."""
    ended = set(results)
    return {**FINE, "success": ended <= {"success"}, "failure": "failure" in ended}


def scope_of(workflow: Workflow, event: Event, needs: Mapping[str, Any]) -> Scope:
    """Return what a job's own keys may name."""
    known = {"github": context(event, workflow), "inputs": inputs(workflow, event), "vars": {}}
    return Scope({**known, "needs": needs})


SKIPPED: Mapping[str, Any] = {"result": "skipped", "outputs": {}}
"""What `needs` says of a job that did not run."""


def needed(workflow: Workflow, event: Event, job: Job, outputs: Outputs) -> Mapping[str, Any]:
    asked = job.data.get("outputs") or {}
    steps = {name: {"outputs": found} for name, found in outputs(job).items()} if asked else {}
    scope = Scope({**scope_of(workflow, event, {}).contexts, "steps": steps})
    return {"result": "success", "outputs": interpolate(asked, scope)}


def answers(job: Job, event: Event) -> dict[str, dict[str, str]]:
    """Return what the steps of a job that run `mlci select` answer.

    Raises
    ------
    InputError : nobody has said what it answers
    """
    return {str(step["id"]): selected(str(step.get("run", "")), event) for step in job.steps if "id" in step}


def selected(script: str, event: Event) -> dict[str, str]:
    """Return what a script's `mlci select` answers; nothing for one that has none."""
    for words in calls(script):
        if words[0] == "select":
            workflow = option(words, "--workflow") or option(words, "-w")
            if workflow not in event.selected:
                raise InputError(f"nobody has said what `mlci {' '.join(words)}` answers")
            return {name: str(holds).lower() for name, holds in event.selected[workflow].items()}
    return {}
