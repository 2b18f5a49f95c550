"""A report as Markdown: for a pull request, a job's summary, a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mlci.report import wording
from mlci.report.model import Job, Metric, Report
from mlci.report.wording import line

VISIBLE = 12
"""How many metrics stand open; the rest folds."""
LISTED = 300
"""How many rows a table has at most."""
PLAIN = re.compile(r"[\w./:=<>+,;%'()\"&→ -]*")
"""What a code span takes as it is, in a table too."""
SIGNS = {"done": "✓", "failed": "✗", "damaged": "✗", "none": "–", "skipped": "–"}


def markdown(report: Report) -> str:
    parts = [
        f"## {escape(report.title)}: {report.verdict}",
        facts(report),
        failures(report),
        metrics(report),
        checks(report),
        curves(report),
        changes(report),
        packages(report),
        jobs(report),
        notes(report),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line; it mentions nobody."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", line(text))
    return escaped.replace("@", "@\u200b")


def code(text: str, longest: int = wording.LONGEST) -> str:
    """Return a text as code. An e-mail of a comment is read as plain text, so `@` is kept apart here, too."""
    shown = line(text, longest).replace("@", "@\u200b")
    if not shown:
        return ""
    if PLAIN.fullmatch(shown):
        return f"`{shown}`"
    return "<code>" + re.sub(r"[^\w./ ]", lambda found: f"&#{ord(found[0])};", shown) + "</code>"


def table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; its cells are Markdown already. A column without a heading or any cell is left out."""
    listed = [list(row) for row in rows]
    kept = [at for at, head in enumerate(heads) if head or any(row[at] for row in listed)]
    more = [[f"… {len(listed) - LISTED} more", *[""] * (len(heads) - 1)]] if len(listed) > LISTED else []
    body = [[row[at] for at in kept] for row in (*listed[:LISTED], *more)]
    lines = [[heads[at] for at in kept], ["---"] * len(kept), *body]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def folded(summary: str, body: str) -> str:
    """Return a part that opens at a click."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def facts(report: Report) -> str:
    parts = [f"{name} {code(value)}" for name, value in wording.facts(report.context)]
    if report.against is not None:
        against = f"against {code(wording.other(report.against))}"
        url = wording.link(report.against.context)
        parts.append(f"{against} ([its run]({url}))" if url else against)
    url = wording.link(report.context)
    return " · ".join([*parts, f"[the run]({url})"] if url else parts)


def failures(report: Report) -> str:
    lines = [
        f"- ✗ {code(job.id)} {escape(job.said)}"
        + (f": {code(job.message, wording.LONGEST_MESSAGE)}" if job.message else "")
        for job in wording.failures(report)
    ]
    return "\n".join(lines)


def metrics(report: Report) -> str:
    """Return the metrics: what has a gate or has changed first."""
    if not report.metrics:
        return ""
    ranked = wording.ranked(report.metrics)
    parts = ["### Metrics", metric_table(report, ranked[:VISIBLE])]
    rest = ranked[VISIBLE:]
    if rest:
        still = "" if report.against is None or any(map(wording.moved, rest)) else ", none of them changed"
        parts.append(folded(f"{len(rest)} more{still}", metric_table(report, rest)))
    return "\n\n".join(parts)


def metric_table(report: Report, rows: Sequence[Metric]) -> str:
    gated = "gate" if any(each.gate for each in rows) else ""
    if report.against is None:
        cells = ([code(row.name), code(row.job), wording.number(row.value), gate(row)] for row in rows)
        return table(["metric", "job", "value", gated], cells)
    heads = ["metric", "job", code(wording.heading(report)), "now", "change", gated]
    return table(heads, (compared(row) for row in rows))


def compared(row: Metric) -> list[str]:
    """Return the row of a metric beside the baseline's."""
    return [
        code(row.name),
        code(row.job),
        wording.number(row.before),
        wording.number(row.value),
        wording.change(row),
        gate(row),
    ]


def gate(row: Metric) -> str:
    return wording.gate(row).replace(row.gate, code(row.gate), 1) if row.gate else ""


def checks(report: Report) -> str:
    tally, missed = wording.tally(report), wording.missed(report)
    lines = [
        f"- {'✗' if job in missed else '✓'} {code(job)}: {passed} of {count} passed"
        + (f"; missed: {', '.join(map(code, names_of(missed[job])))}" if job in missed else "")
        for job, (passed, count) in tally.items()
    ]
    return "\n\n".join(["### Checks", "\n".join(lines)]) if lines else ""


def names_of(missed: Sequence[str]) -> list[str]:
    more = [f"{len(missed) - 20} more"] if len(missed) > 20 else []
    return [*missed[:20], *more]


def curves(report: Report) -> str:
    """Return the training curves as bars."""
    rows = [
        [
            code(curve.name) + (f" {drawn.label}" if drawn.label else "") + (" before" if old else ""),
            code(curve.job),
            wording.spark(drawn),
            wording.ends(drawn),
            str(drawn.epochs),
        ]
        for curve in report.curves
        for old, lines in ((False, curve.lines), (True, curve.before))
        for drawn in lines
    ]
    if not rows:
        return ""
    return "### Training\n\n" + table(["curve", "job", "over the epochs", "first → last", "epochs"], rows)


def changes(report: Report) -> str:
    lines = [
        f"- {code(change.job)}: {'; '.join(escape(each) for each in wording.reasons(change.reasons))}"
        for change in report.changes[:LISTED]
    ]
    return "\n\n".join(["### What changed", "\n".join(lines)]) if lines else ""


def packages(report: Report) -> str:
    heads = ["model", "identity", "blessed", "before" if report.against else ""]
    rows = [
        [
            code(f"{each.name} {each.version}"),
            code(each.identity[:24]),
            wording.blessing(each),
            escape(wording.beside(each)),
        ]
        for each in report.packages
    ]
    return "### Model\n\n" + table(heads, rows) if rows else ""


def jobs(report: Report) -> str:
    heads = ["job", "state", "took", "before" if report.against else "", ""]
    return "### Jobs\n\n" + table(heads, (job_cells(job, report) for job in report.jobs))


def job_cells(job: Job, report: Report) -> Iterator[str]:
    yield code(job.id)
    yield f"{SIGNS[job.state]} {escape(job.said)}"
    yield wording.took(job)
    yield wording.took_before(job) if report.against else ""
    yield escape(wording.remark(job))


def notes(report: Report) -> str:
    """Return what a reader should know beside the tables."""
    return "\n".join(f"- {escape(note)}" for note in report.notes)
