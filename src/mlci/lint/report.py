"""How findings are shown: to people as text, to machines as JSON, SARIF or JUnit, to vendors their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from mlci import __version__
from mlci.errors import InputError
from mlci.findings import Finding, show, suggest
from mlci.lint.run import Report

NOTHING: list[str] = []


def lay_out(report: Report, format: str, *, colour: bool = False) -> str:
    """Return a report as text in one of FORMATS, without the last newline.

    Raises
    ------
    InputError : there is no such format
    """
    if format == "text":
        return text(report, colour=colour)
    if format not in FORMATS:
        raise InputError(
            f"unknown format '{format}'; one of {', '.join(FORMATS)}", help=suggest(format, FORMATS)
        )
    return FORMATS[format](report)


def text(report: Report, *, colour: bool = False) -> str:
    """Lay findings out for a terminal, each with its source line and a caret."""
    shown = [show(found, report.lines.get(found.mark.file), colour=colour) for found in report.findings]
    return "\n\n".join([*shown, summary(report)])


def summary(report: Report) -> str:
    """Say in one line what a run found."""
    files = f"{report.files} file{'s' * (report.files != 1)}"
    parts = [f"{n} {name}{'s' * (n != 1)}" for name in ("error", "warning") if (n := report.count(name))]
    parts += [f"{n} note{'s' * (n != 1)}" for n in [report.count("info")] if n]
    said = f"{', '.join(parts) or 'nothing wrong'} in {files}"
    said += f"; {report.fixed} mended" if report.fixed else ""
    return said + (f"; {len(report.ignored)} ignored" if report.ignored else "")


def as_json(report: Report) -> str:
    """Lay findings out as a JSON object: `findings`, `files`, `ignored`, `version`."""
    found = [entry(one) for one in report.findings]
    head = {
        "version": __version__,
        "files": report.files,
        "ignored": len(report.ignored),
        "fixed": report.fixed,
    }
    return dump({**head, "findings": found})


def dump(value: Any) -> str:
    """Return plain data as JSON, laid out to be read."""
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)


def entry(found: Finding) -> dict[str, Any]:
    """Return a finding as plain data."""
    mark = found.mark
    return {
        "file": mark.file,
        "line": mark.line,
        "column": mark.column,
        "end_column": mark.column + mark.length,
        "severity": found.severity,
        "rule": found.rule,
        "message": found.message,
        "help": found.help,
    }


def as_sarif(report: Report) -> str:
    """Lay findings out as SARIF 2.1.0, which GitHub code scanning and editors read."""
    from mlci.lint import sarif

    return dump(sarif.log(report.findings))


def github(report: Report) -> str:
    """Lay findings out as workflow commands, which GitHub shows beside the changed lines."""
    return "\n".join(map(github_command, report.findings))


def github_command(found: Finding) -> str:
    mark, kind = found.mark, "notice" if found.severity == "info" else found.severity
    keys = {
        "file": mark.file,
        "line": max(1, mark.line),
        "col": mark.column,
        "endColumn": mark.column + mark.length,
    }
    keys["title"] = found.rule
    said = ",".join(f"{key}={escape(str(value), ':,')}" for key, value in keys.items())
    message = f"{found.message} ({found.help})" if found.help else found.message
    return f"::{kind} {said}::{escape(message)}"


def escape(value: str, more: str = "") -> str:
    """Escape text for a workflow command, so that it cannot end it or start another."""
    for character in "%\r\n" + more:
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def junit(report: Report) -> str:
    """Lay findings out as JUnit XML: a test case a finding, one that passes when there is none."""
    from xml.sax.saxutils import escape as xml
    from xml.sax.saxutils import quoteattr

    def attribute(value: str) -> str:
        return quoteattr(printable(value))

    failed = sum(found.severity != "info" for found in report.findings)
    cases = []
    for found in report.findings:
        mark = found.mark
        name = attribute(f"{found.rule} {mark.file}:{mark.line}:{mark.column}")
        where = attribute(mark.file)
        case = f'  <testcase classname={where} name={name} file={where} line="{mark.line}">'
        body = xml(printable(show(found, report.lines.get(mark.file))))
        if found.severity == "info":
            case += f"<system-out>{body}</system-out></testcase>"
        else:
            kind = attribute(found.severity)
            case += f"<failure type={kind} message={attribute(found.message)}>{body}</failure></testcase>"
        cases.append(case)
    cases = cases or ['  <testcase classname="mlci" name="lint"/>']
    head = f'<testsuite name="mlci lint" tests="{len(cases)}" failures="{failed}" errors="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"])


def printable(value: str) -> str:
    """Drop the characters XML cannot hold."""
    return "".join(
        one
        for one in value
        if one in "\t\n\r" or " " <= one < "\ud800" or "\ue000" <= one < "\ufffe" or one > "\uffff"
    )


def gitlab(report: Report) -> str:
    """Lay findings out as GitLab's code quality report."""
    from mlci.lint.sarif import fingerprint

    severities = {"error": "major", "warning": "minor", "info": "info"}
    seen: Counter[str] = Counter()
    return dump(
        [
            {
                "description": found.message,
                "check_name": found.rule,
                "fingerprint": fingerprint(found, seen),
                "severity": severities[found.severity],
                "location": {"path": found.mark.file, "lines": {"begin": max(1, found.mark.line)}},
            }
            for found in report.findings
        ]
    )


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "json": as_json,
    "sarif": as_sarif,
    "github": github,
    "junit": junit,
    "gitlab": gitlab,
}
