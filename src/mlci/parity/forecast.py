"""What every vendor would do in an event, read from its files on disk; nothing is run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mlci.errors import InputError
from mlci.parity import choice
from mlci.parity.agreement import disagreements
from mlci.parity.certificate import event_of
from mlci.parity.contract import Event, Performer, Planned
from mlci.parity.difference import Difference
from mlci.parity.expected import Expected, expect, why_not
from mlci.planning.plan import Plan
from mlci.planning.vendor import Vendor

SKIPPED = frozenset({".git", ".mlci", ".venv", "node_modules", "__pycache__"})
"""Folders in which no vendor's files lie, but perhaps very many others."""


class Forecast(NamedTuple):
    """What an event would run."""

    event: Event
    jobs: tuple[Expected, ...]
    columns: tuple[tuple[str, tuple[Planned, ...]], ...]
    refused: Mapping[str, str]
    """Vendor -> why its files cannot be read."""
    differences: tuple[Difference, ...]


def forecast(
    root: Path,
    plans: Sequence[Plan],
    event: Event,
    vendors: Sequence[Vendor],
    performers: Mapping[str, Performer],
) -> Forecast:
    """Ask every vendor's files what an event would run.

    Parameters
    ----------
    root : the repository
    plans : of the workflows to look at
    event : one of a single workflow, schedule or manual, is asked of each
    vendors : whose files
    performers : read them
    """
    refused: dict[str, str] = {}
    columns: list[tuple[str, tuple[Planned, ...]]] = []
    differences: list[Difference] = []
    asked = [choice.knowing(plans, one) for one in each_workflow(plans, event)]
    jobs = tuple(job for one in asked for plan in of(plans, one) for job in expect(plan, one))
    beside = {plan.workflow.name for plan in plans if comes_with(plan, event)}
    compared = [job for job in jobs if job.workflow not in beside]
    for vendor in vendors:
        performer = performers.get(vendor.ID)
        files = files_of(root, vendor)
        if performer is None or not files:
            refused[vendor.ID] = (
                "there are no files; run `mlci generate`" if performer else "mlci cannot do so yet"
            )
            continue
        try:
            planned = tuple(row for one in asked for row in rows(performer, files, one))
        except InputError as error:
            refused[vendor.ID] = str(error)
            continue
        columns.append((vendor.ID, planned))
        differences.extend(disagreements(vendor.ID, compared, planned))
    return Forecast(event, jobs, tuple(columns), refused, tuple(differences))


def each_workflow(plans: Sequence[Plan], event: Event) -> list[Event]:
    """Return an event as it happens to each workflow, where it happens to one at a time.

    Raises
    ------
    InputError : no workflow starts by hand
    """
    if event.name not in choice.BY_NAME or event.workflow:
        return [event]
    # By hand a person may run again whatever a vendor has; asked is what is made for it.
    asked = [plan for plan in plans if event.name != "manual" or plan.workflow.on.manual is not None]
    if not asked:
        raise choice.nothing(event)
    return [event._replace(workflow=plan.workflow.name) for plan in asked]


def comes_with(plan: Plan, event: Event) -> bool:
    """Tell whether the push that comes with a pull request starts a workflow that the request does not.

    Some vendors tell the two apart and others do not; the workflow runs once on either.
    """
    pushed = event._replace(name="push", branch=event.head)
    return event.name == "pull_request" and bool(why_not(plan, event)) and not why_not(plan, pushed)


def of(plans: Sequence[Plan], event: Event) -> list[Plan]:
    return [plan for plan in plans if event.workflow in ("", plan.workflow.name)]


def rows(performer: Performer, files: Mapping[str, str], event: Event) -> list[Planned]:
    """Return what a vendor's files would do with the workflow an event is about."""
    return [
        row
        for row in performer.plan(files, event)
        if event.workflow in ("", row.workflow) or not row.workflow
    ]


def files_of(root: Path, vendor: Vendor) -> dict[str, str]:
    return {
        path: (root / path).read_text(encoding="utf-8")
        for path in sorted(paths(root, root))
        if vendor.product.owns(path)
    }


def paths(root: Path, folder: Path) -> list[str]:
    """Return the files below a folder, by their paths from the top."""
    found: list[str] = []
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            found.extend(paths(root, path) if path.name not in SKIPPED else ())
        elif path.is_file():
            found.append(path.relative_to(root).as_posix())
    return found


def title(event: Event) -> str:
    where = f"tag {event.tag}" if event.name == "tag" else f"branch {event.branch}"
    changed = f", {len(event.changed)} files changed" if event.changed is not None else ""
    given = f", {' and '.join(event.approved)} approved" if event.approved else ""
    return f"{event.name} on {where}{changed}{given}"


def text(found: Forecast) -> str:
    columns = [("here", tuple(each.planned for each in found.jobs)), *found.columns]
    said = {
        "event": event_of(found.event),
        "vendors": {name: [each._asdict() for each in planned] for name, planned in columns},
        "refused": dict(found.refused),
        "differences": [each._asdict() for each in found.differences],
    }
    return json.dumps(said, indent=1, ensure_ascii=False)
