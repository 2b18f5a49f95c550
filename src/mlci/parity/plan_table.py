"""The jobs that each vendor would run, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from mlci.parity.contract import Planned
from mlci.parity.expected import Expected
from mlci.parity.table import Cell, Style, laid


def plan_rows(
    columns: Sequence[tuple[str, Sequence[Planned]]], jobs: Sequence[Expected], style: Style
) -> Iterator[str]:
    """Yield the table of `mlci plan`: which jobs each vendor would run."""
    found = [{(each.workflow, each.id): each for each in planned} for _, planned in columns]
    table = [[Cell("", "head"), *(Cell(name, "head") for name, _ in columns), Cell("", "head")]]
    for workflow, group in groupby(jobs, key=lambda job: job.workflow):
        own = tuple(group)
        if idle(own, found):
            table.append([Cell(workflow, "head"), *(Cell("no", "faint") for _ in columns), reason(own[0])])
            continue
        table.append([Cell(workflow, "head"), *(Cell("", "head") for _ in columns), Cell("", "head")])
        for job in own:
            cells = [plan_cell(each.get((job.workflow, job.id)), job, style) for each in found]
            table.append([Cell(f"  {job.id}", "plain"), *cells, reason(job)])
    yield from laid(table, style)


def idle(jobs: Sequence[Expected], found: Sequence[Mapping[tuple[str, str], Planned]]) -> bool:
    """Tell whether nothing of a workflow runs anywhere, and all for one reason."""
    rows = [each[job.workflow, job.id] for each in found for job in jobs if (job.workflow, job.id) in each]
    return not any(row.runs for row in rows) and len({job.why for job in jobs}) == 1


def reason(job: Expected) -> Cell:
    return Cell(job.why, "faint")


def plan_cell(planned: Planned | None, job: Expected, style: Style) -> Cell:
    """Return whether a vendor would run a job."""
    if planned is None:
        return (
            Cell("-", "faint")
            if job.job is None or not job.runs
            else Cell(f"{style.sign(False)} not there", "bad")
        )
    text = (
        ("given" if planned.runs else "asked for") if planned.approval else "runs" if planned.runs else "no"
    )
    unlike = planned.runs != job.runs and not planned.approval
    if unlike:
        return Cell(f"{style.sign(False)} {text}", "bad")
    return Cell(text, "good" if planned.runs else "faint")
