"""Markdown for step summaries: tables whose cells cannot break them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlci.stages.contract import Case


def cell(value: object) -> str:
    """Return a value as the text of one table cell."""
    text = str(value).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("\r", " ")
    return text.replace("<", "&lt;").replace(">", "&gt;")


def table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines) + "\n"


def case_table(title: str, cases: Sequence[Case]) -> str:
    """Return a heading and a table of what was checked, failures first."""
    passed = sum(case.passed for case in cases)
    rows = [
        ("passed" if case.passed else "FAILED", case.name, "" if case.passed else case.message)
        for case in sorted(cases, key=lambda case: case.passed)
    ]
    head = f"### {cell(title)}\n\n{passed} of {len(cases)} checks passed.\n\n"
    return head + (table(("", "check", "found"), rows) if rows else "")
