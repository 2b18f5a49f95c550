"""A report for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlci.report import wording
from mlci.report.markdown import SIGNS
from mlci.report.model import Curve, Job, Metric, Report
from mlci.report.wording import line

PAINT = {"good": "\x1b[32m", "bad": "\x1b[1;31m", "faint": "\x1b[2m", "head": "\x1b[1m"}
NARROW: dict[str, str | int | None] = {
    "✓": "ok", "✗": "!!", "–": "-", "→": "->", "↑": "up", "↓": "down", "…": "..."
}  # fmt: skip
VISIBLE = 30
"""How many metrics are listed."""
SHADES = ".:-=+*#@"
"""Bars, where there are no others."""


class Style(NamedTuple):
    """How the terminal wants it."""

    colour: bool = False
    unicode: bool = True

    def paint(self, kind: str, text: str) -> str:
        return f"{PAINT[kind]}{text}\x1b[0m" if self.colour and kind and text.strip() else text

    def plain(self, text: str) -> str:
        """Return a text in the characters that can be shown."""
        if self.unicode:
            return text
        bars = dict(zip(wording.BARS, SHADES, strict=True))
        return text.translate(str.maketrans({**NARROW, **bars}))


class Cell(NamedTuple):
    """One cell of a table."""

    text: str
    kind: str = ""


def text(report: Report, style: Style) -> str:
    return "\n".join(style.plain(each) for each in lines(report, style)) + "\n"


def lines(report: Report, style: Style) -> Iterator[str]:
    verdict = style.paint("good" if report.good else "bad", report.verdict)
    yield f"{style.paint('head', line(report.title))}: {verdict}"
    yield ", ".join(f"{name} {value}" for name, value in wording.facts(report.context))
    if report.against is not None:
        yield f"against {wording.other(report.against)}"
    yield ""
    yield from laid([job_cells(job, report) for job in report.jobs], style)
    for job in wording.failures(report):
        if job.message:
            yield style.paint("bad", f"{line(job.id)}: {line(job.message, wording.LONGEST_MESSAGE)}")
    yield from metrics(report, style)
    yield from checks(report, style)
    yield from curves(report, style)
    yield from changes(report, style)
    yield from packages(report, style)
    for note in report.notes:
        yield f"note: {line(note, wording.LONGEST_MESSAGE)}"


def job_cells(job: Job, report: Report) -> list[Cell]:
    kind = {"done": "good", "failed": "bad", "damaged": "bad"}.get(job.state, "faint")
    before = f"({wording.took_before(job)})" if report.against and job.before is not None else ""
    return [
        Cell(f"  {line(job.id)}"),
        Cell(f"{SIGNS[job.state]} {job.said}", kind),
        Cell(wording.took(job)),
        Cell(before, "faint"),
        Cell(wording.remark(job), "faint"),
    ]


def metrics(report: Report, style: Style) -> Iterator[str]:
    """Yield the metrics: what has a gate or has changed first."""
    if not report.metrics:
        return
    ranked = wording.ranked(report.metrics)
    yield ""
    if report.against is None:
        heads = [Cell("  metric"), Cell("job"), Cell("value"), Cell("gate")]
    else:
        names = ("  metric", "job", wording.heading(report), "now", "change", "gate")
        heads = [Cell(name) for name in names]
    rows = [metric_cells(each, report) for each in ranked[:VISIBLE]]
    yield from laid([[Cell(each.text, "faint") for each in heads], *rows], style)
    if len(ranked) > VISIBLE:
        yield style.paint("faint", f"  and {len(ranked) - VISIBLE} more: see --format json")


def metric_cells(metric: Metric, report: Report) -> list[Cell]:
    names = [Cell(f"  {line(metric.name)}"), Cell(line(metric.job), "faint")]
    gate = Cell(wording.gate(metric), "bad" if metric.passed is False else "good")
    if report.against is None:
        return [*names, Cell(wording.number(metric.value)), gate]
    judged = {"better": "good", "worse": "bad"}.get(metric.verdict, "")
    numbers = [Cell(wording.number(metric.before)), Cell(wording.number(metric.value))]
    return [*names, *numbers, Cell(wording.change(metric), judged), gate]


def laid(table: Sequence[Sequence[Cell]], style: Style) -> Iterator[str]:
    shown = [[Cell(style.plain(each.text), each.kind) for each in row] for row in table]
    widths = [max(len(row[at].text) for row in shown) for at in range(len(shown[0]))] if shown else []
    for row in shown:
        cells = (
            style.paint(each.kind, each.text.ljust(width))
            for each, width in zip(row, widths, strict=True)
            if width
        )
        yield "  ".join(cells).rstrip()


def checks(report: Report, style: Style) -> Iterator[str]:
    missed = wording.missed(report)
    for at, (job, (passed, count)) in enumerate(wording.tally(report).items()):
        if not at:
            yield ""
        yield f"  {line(job)}: " + style.paint(
            "bad" if job in missed else "good", f"{passed} of {count} checks passed"
        )
        for name in missed.get(job, [])[:VISIBLE]:
            yield style.paint("bad", f"    missed: {name}")


def curves(report: Report, style: Style) -> Iterator[str]:
    rows = [row for curve in report.curves for row in curve_rows(curve)]
    if rows:
        yield ""
        yield from laid(rows, style)


def curve_rows(curve: Curve) -> Iterator[list[Cell]]:
    for old, drawn in (*((False, each) for each in curve.lines), *((True, each) for each in curve.before)):
        label = f"{drawn.label}{' before' if old else ''}".strip()
        faint = "faint" if old else ""
        yield [
            Cell(f"  {line(curve.name)}", faint),
            Cell(label, "faint"),
            Cell(wording.spark(drawn), faint),
            Cell(wording.ends(drawn), faint),
            Cell(f"{drawn.epochs} epochs", "faint"),
        ]


def changes(report: Report, style: Style) -> Iterator[str]:
    for at, change in enumerate(report.changes):
        if not at:
            yield ""
            yield style.paint("faint", "  what changed")
        yield f"  {line(change.job)}: {'; '.join(wording.reasons(change.reasons))}"


def packages(report: Report, style: Style) -> Iterator[str]:
    for at, each in enumerate(report.packages):
        if not at:
            yield ""
        beside = f", before {wording.beside(each)}" if each.before else ""
        blessed = f"blessed: {wording.blessing(each)}"
        yield f"  model {line(each.name)} {each.version}, {line(each.identity)[:24]}, {blessed}{beside}"
