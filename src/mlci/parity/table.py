"""The proof as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlci.parity.certificate import Proof
from mlci.parity.column import Column
from mlci.parity.compared import NOT_RUN, values_of
from mlci.parity.expected import Expected
from mlci.parity.proof import Part

PAINT = {"good": "\x1b[32m", "bad": "\x1b[1;31m", "faint": "\x1b[2m", "head": "\x1b[1m"}


class Style(NamedTuple):
    """How the terminal wants it."""

    colour: bool = False
    unicode: bool = True

    def paint(self, kind: str, text: str) -> str:
        return f"{PAINT[kind]}{text}\x1b[0m" if self.colour and text.strip() else text

    def sign(self, good: bool) -> str:
        return ("✓" if good else "≠") if self.unicode else ("ok" if good else "!=")


class Cell(NamedTuple):
    """One cell."""

    text: str
    kind: str


def lines(proof: Proof, style: Style) -> Iterator[str]:
    for part in proof.parts:
        yield style.paint("head", f"{described(part)}")
        yield from rows(part, style)
    yield ""
    yield from verdict(proof, style)


def described(part: Part) -> str:
    event = part.event
    at = f"tag {event.tag}" if event.name == "tag" else f"branch {event.branch}"
    given = f", {' and '.join(event.approved)} approved" if event.approved else ""
    work = ", with work that is not committed" if part.snapshot.dirty else ""
    return f"{event.name} on {at}{given}: commit {part.snapshot.commit[:12]}{work}"


def rows(part: Part, style: Style) -> Iterator[str]:
    columns = (part.reference, *part.columns)
    table = [[Cell("", "head"), *(Cell(column.id, "head") for column in columns)]]
    workflow = ""
    for job in part.jobs:
        if job.job is None:
            continue
        if job.workflow != workflow:
            workflow = job.workflow
            table.append([Cell(workflow, "head"), *(Cell("", "head") for _ in columns)])
        table.append([Cell(f"  {job.id}", "plain"), *(cell(column, job, part, style) for column in columns)])
    seconds = [Cell("" if column.unproven else f"{column.seconds:.1f} s", "faint") for column in columns]
    yield from laid([*table, [Cell("in all", "faint"), *seconds]], style)


def cell(column: Column, job: Expected, part: Part, style: Style) -> Cell:
    """Return what became of a job at one vendor."""
    unlike = any(
        each.vendor == column.id and (each.workflow, each.job) == (job.workflow, job.id)
        for each in part.differences
    )
    ran = column.by_job.get((job.workflow, job.id))
    if column.unproven or (ran is not None and ran.status == "interrupted"):
        return Cell("not proven", "bad")
    sign = style.sign(not unlike)
    if ran is None:
        return Cell(f"{sign} not there" if unlike else "-", "bad" if unlike else "faint")
    text = ran.status if ran.status in NOT_RUN else f"{ran.status} {ran.ended - ran.began:.1f} s"
    kind = "bad" if unlike else "faint" if ran.status in NOT_RUN else "good"
    return Cell(f"{sign} {text}", kind)


def laid(table: Sequence[Sequence[Cell]], style: Style) -> Iterator[str]:
    widths = [max(len(row[at].text) for row in table) for at in range(len(table[0]))]
    for row in table:
        padded = (
            style.paint(each.kind, each.text.ljust(width)) if each.kind != "plain" else each.text.ljust(width)
            for each, width in zip(row, widths, strict=True)
        )
        yield "  ".join(padded).rstrip()


def verdict(proof: Proof, style: Style) -> Iterator[str]:
    """Yield what was found: the first difference whole, the others in a line each."""
    differences = [each for part in proof.parts for each in part.differences]
    for note in proof.notes:
        yield f"note: {note}"
    for column in proof.unproven:
        yield style.paint("bad", f"{column.id} is not proven: {column.unproven}")
        if column.help:
            yield f"help: {column.help}"
    if differences:
        first = differences[0]
        yield style.paint("bad", first.sentence)
        if first.expected or first.got:
            yield f"  expected: {first.expected}"
            yield f"  got:      {first.got}"
        if first.help:
            yield f"help: {first.help}"
        for each in differences[1:]:
            yield each.sentence
    yield style.paint("good" if proof.alike else "bad", counted(proof, len(differences)))


def counted(proof: Proof, count: int) -> str:
    """Return the last line."""
    jobs = {(job.workflow, job.id) for part in proof.parts for job in part.jobs if job.job is not None}
    columns = [column for part in proof.parts for column in part.columns if not column.unproven]
    vendors = list(dict.fromkeys(column.id for column in columns))
    values = sum(
        len(values_of(ran, job))
        for part in proof.parts
        for job in part.jobs
        if job.job is not None and (ran := part.reference.by_job.get((job.workflow, job.id))) is not None
    )
    said = f"{len(jobs)} jobs, {values} values, {', '.join(vendors) or 'no vendor'}"
    if not count:
        return f"{said}: no difference" + (
            "" if not proof.unproven else f"; {len(proof.unproven)} not proven"
        )
    return f"{said}: {count} difference{'s' if count > 1 else ''}"
