"""The run a report is of: which workflow, its records by job, and what it should have run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mlci.engine.record import Record
from mlci.errors import InputError
from mlci.findings import suggest
from mlci.planning import repository
from mlci.planning.conditions import unmet
from mlci.planning.context import Context
from mlci.planning.plan import Job as Planned
from mlci.planning.plan import Plan
from mlci.report.held import Found, Held, find


class Run(NamedTuple):
    """One run of a workflow."""

    workflow: str
    held: Mapping[str, Held]
    """The records by job."""
    found: Found
    """All that lay there."""
    plan: Plan | None = None
    """What mlci.yaml says of the workflow; None without one."""
    notes: tuple[str, ...] = ()

    @property
    def records(self) -> dict[str, Record]:
        return {job: held.record for job, held in self.held.items()}

    @property
    def planned(self) -> Iterator[Planned]:
        """The jobs that mlci.yaml has, of a matrix job each instance."""
        for job in () if self.plan is None else self.plan.jobs:
            yield from job.instances()

    @property
    def context(self) -> Mapping[str, str]:
        """The context of the record that ended last, of those that know a commit if any does."""
        records = list(self.records.values())
        known = [record for record in records if record.context.get("commit")] or records
        return max(known, key=lambda record: record.timing.finished).context

    def withheld(self, job: Planned) -> str:
        """Return why a job was not to run, "" when nothing speaks against it."""
        given = {name: self.context.get(name, "") for name in Context._fields}
        return unmet(job.conditions, Context(**given), lambda: None) or ""


def open_run(root: Path, folders: Sequence[Path], workflow: str) -> Run:
    """Read a run.

    Parameters
    ----------
    root : the folder of mlci.yaml, which need not be there
    folders : where the records lie
    workflow : which workflow; "" for the one that ended last

    Raises
    ------
    InputError : there are no records, or none of that workflow
    """
    found = find(folders)
    plans, notes = planned(root)
    name = workflow or next(iter(found.workflows), "")
    plan = next((each for each in plans if each.workflow.name == name), None)
    held = dict(chosen(found, name, plan))
    if not held:
        raise nothing(found, folders, name, plans)
    others = [each for each in found.workflows if each != name and not workflow]
    if others:
        notes.append(f"there are records of {', '.join(others)}, too; --workflow shows them")
    return Run(name, held, found, plan, tuple(notes))


def planned(root: Path) -> tuple[tuple[Plan, ...], list[str]]:
    """Return what mlci.yaml plans, and a note when it cannot be read; records tell of a run without it."""
    if not (root / repository.FILE).is_file():
        return (), []
    try:
        return repository.plans(repository.load(root)), []
    except InputError as error:
        first = error.findings[0].message if error.findings else str(error)
        return (), [
            f"{repository.FILE} is not as it should be ({first}), so jobs without a record are not named"
        ]


def chosen(found: Found, workflow: str, plan: Plan | None) -> Iterator[tuple[str, Held]]:
    """Yield the records of a workflow by job, in the plan's order.

    Where workflows share a job, its folder holds the record of the one that ran last; that serves all.
    """
    own = {held.record.job: held for held in found.held if held.record.workflow == workflow}
    shared = {(held.record.job, held.record.stage): held for held in found.held}
    for job in (one for each in (() if plan is None else plan.jobs) for one in each.instances()):
        held = own.pop(job.id, None) or shared.get((job.id, job.stage.name))
        if held is not None:
            yield job.id, held
    yield from sorted(own.items(), key=lambda item: item[1].record.timing.started)


def nothing(found: Found, folders: Sequence[Path], workflow: str, plans: Sequence[Plan]) -> InputError:
    """Say that there is nothing to report."""
    where = ", ".join(map(str, folders))
    if found.held:
        known = [*found.workflows, *(plan.workflow.name for plan in plans)]
        help = suggest(workflow, known) or f"there are records of {', '.join(found.workflows)}"
        return InputError(f"there are no records of a workflow '{workflow}' in {where}", help=help)
    if found.spoilt:
        first = found.spoilt[0]
        said = f"none of the {len(found.spoilt)} records in {where} can be read; {first.path}: {first.why}"
        return InputError(said, help="let the jobs run again; each writes its record anew")
    help = "run `mlci run` here first, or name the folder a run's records lie in: --records FOLDER"
    return InputError(f"there are no records in {where}", help=help)
