"""ShellCheck, by Vidar Holen and contributors: the checker of shell, here for the scripts of every vendor."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.partners.masking import mask
from mlci.lint.partners.tool import ask, find
from mlci.yaml.source import SourceFile

ID = "shellcheck"
KINDS: tuple[str, ...] = tuple(kind for kind in jobs.VIEWED if kind != "dockerfile")
DIALECTS = ("bash", "sh")
HEAD = "#!/usr/bin/env {}\nset -e\n"
HEAD_LINES = 2
"""Vendors stop at the first command that fails, so `cd` needs no `|| exit`."""
LEFT_OUT = "SC1090,SC1091,SC2050,SC2154,SC2157,SC2194,SC2043"
"""What follows from files that are not here, from variables the vendor sets, and from masked expressions."""
SEVERITIES: dict[str, Severity] = {"error": "warning", "warning": "warning", "info": "info", "style": "info"}
FIRST_ADVICE = 2000
"""Codes below are of text that is no shell; the others advise."""
PER_RUN = 500
"""Scripts given to one process, for the sake of the length of a command line."""


class Piece(NamedTuple):
    """A script and the file it stands in."""

    file: SourceFile
    script: jobs.Script


def check(files: Sequence[SourceFile]) -> list[Finding]:
    """Return what it says of all scripts in these files."""
    program = find(ID)
    if program is None:
        return []
    pieces = [
        Piece(file, script)
        for file in files
        if file.sound
        for script in file.once(jobs.view).scripts
        if dialect(script) and script.text.value.strip()
    ]
    found: list[Finding] = []
    for start in range(0, len(pieces), PER_RUN):
        found += run(program, pieces[start : start + PER_RUN])
    return found


def dialect(script: jobs.Script) -> str:
    """Return the shell of a script, its own first line's if that names one; "" for what is no such shell."""
    if script.dialect not in DIALECTS:
        return ""
    first = script.text.value.lstrip().split("\n", 1)[0]
    if not first.startswith("#!"):
        return script.dialect
    return next((name for name in DIALECTS if first.rstrip().endswith(name)), "")


def run(program: str, pieces: Sequence[Piece]) -> list[Finding]:
    """Check some scripts in one process."""
    with tempfile.TemporaryDirectory(prefix="mlci-shell-") as folder:
        names = {}
        for number, piece in enumerate(pieces):
            text = HEAD.format(dialect(piece.script)) + mask(piece.script.text.value, piece.file.kind.vendor)
            Path(folder, f"{number}.sh").write_text(text, "utf-8")
            names[f"{number}.sh"] = piece
        answers = ask([program, "--norc", "-f", "json1", "-e", LEFT_OUT, *names], Path(folder)) or {}
    return [
        finding(one, names[one["file"]]) for one in answers.get("comments", ()) if one["line"] > HEAD_LINES
    ]


def finding(one: dict[str, Any], piece: Piece) -> Finding:
    """Make a finding of one of its answers, at its place in the vendor's file."""
    text = piece.script.text.value
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    line = min(one["line"] - HEAD_LINES - 1, len(starts) - 1)
    offset = min(starts[line] + one["column"] - 1, len(text))
    same_line = one["line"] == one["endLine"]
    length = one["endColumn"] - one["column"] if same_line else 1
    mark = piece.script.text.mark(offset, max(1, length))
    code = f"SC{one['code']}"
    url = f"https://www.shellcheck.net/wiki/{code}"
    severity = "error" if one["level"] == "error" and one["code"] < FIRST_ADVICE else SEVERITIES[one["level"]]
    return Finding(mark, one["message"].replace("\n", " "), f"{ID}/{code}", severity, url)
