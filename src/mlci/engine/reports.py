"""What a vendor shows people of a job: JUnit, a summary in Markdown, annotations in the log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from mlci.errors import MlciError
from mlci.files import write_atomic
from mlci.stages.contract import Case

if TYPE_CHECKING:
    from mlci.engine.execute import Result

JUNIT = "junit.xml"
SUMMARY = "summary.md"
MAX_METRICS = 50
NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def write_reports(folder: Path, result: Result) -> None:
    write_atomic(folder / JUNIT, junit(result))
    write_atomic(folder / SUMMARY, summary(result))


def write_refusal(folder: Path, job_id: str, error: MlciError) -> None:
    write_atomic(folder / JUNIT, suite(job_id, 0.0, [Case("input", False, str(error))]))
    write_atomic(
        folder / SUMMARY, f"## {escape(job_id)}: could not begin\n\n```\n{fenced(str(error))}\n```\n"
    )


def junit(result: Result) -> str:
    """Return a job's report as JUnit XML: one case a check, and one for the command itself."""
    record = result.record
    failed_checks = any(not case.passed for case in result.cases)
    own = Case("command", record.done or failed_checks, result.message)
    return suite(record.job, record.timing.seconds, [own, *result.cases])


def suite(name: str, seconds: float, cases: list[Case]) -> str:
    failures = sum(not case.passed for case in cases)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0" time="{seconds:.3f}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {counts}><testsuite name={attribute(name)} {counts}>",
        *(line for case in cases for line in case_lines(name, case)),
        "</testsuite></testsuites>",
    ]
    return "\n".join(lines) + "\n"


def case_lines(job_id: str, case: Case) -> Iterator[str]:
    head = f"  <testcase classname={attribute(job_id)} name={attribute(case.name)}"
    if case.passed:
        yield f"{head}/>"
    else:
        yield f"{head}><failure message={attribute(case.message)}/></testcase>"


def attribute(text: str) -> str:
    """Return a text as an XML attribute; what XML cannot hold is left out."""
    return quoteattr(NOT_XML.sub("", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def summary(result: Result) -> str:
    """Return a job's summary as Markdown."""
    record = result.record
    state = "restored, nothing to run" if record.restored else "done" if record.done else record.status
    lines = [f"## {escape(record.job)}: {state}", ""]
    if result.message:
        lines += [f"> {escape(result.message)}", ""]
    tries = f", {record.attempts} tries" if record.attempts > 1 else ""
    lines += [f"{record.timing.seconds:.1f} s{tries}, key `{record.key[:12]}`", ""]
    if record.metrics:
        shown = list(record.metrics.items())[:MAX_METRICS]
        lines += ["| metric | value |", "| --- | --- |"]
        lines += [f"| {escape(name)} | {value:g} |" for name, value in shown]
        lines += [f"| … | {len(record.metrics) - MAX_METRICS} more |"] * (len(record.metrics) > MAX_METRICS)
        lines.append("")
    lines += output_lines(record.outputs)
    return "\n".join(lines) + (f"\n{result.summary.strip()}\n" if result.summary.strip() else "")


def output_lines(outputs: Mapping[str, str]) -> list[str]:
    if not outputs:
        return []
    rows = [f"| {escape(path)} | `{digest.partition(':')[2][:12]}` |" for path, digest in outputs.items()]
    return ["| output | digest |", "| --- | --- |", *rows, ""]


def escape(text: str) -> str:
    """Return a text that Markdown takes as it is, on one line."""
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", flat)


def fenced(text: str) -> str:
    """Return a text that cannot end a fence."""
    return text.replace("```", "'''")


def append_summary(path: str, text: str) -> None:
    """Add a job's summary to the file that the vendor shows."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text if text.endswith("\n") else f"{text}\n")
