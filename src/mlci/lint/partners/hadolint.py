"""hadolint, by Lukas Martinelli and contributors: the checker of Dockerfiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlci.findings import Finding, Mark, Severity
from mlci.lint.partners.tool import ask_all, find, on_disk
from mlci.yaml.source import SourceFile

ID = "hadolint"
KINDS: tuple[str, ...] = ("dockerfile",)
SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info", "style": "info"}


def check(files: Sequence[SourceFile]) -> list[Finding]:
    program = find(ID)
    if program is None:
        return []
    with on_disk(files) as paths:
        answers = ask_all([program, "--no-fail", "-f", "json"], list(paths))
        return [finding(one, paths[one["file"]]) for one in answers if one["file"] in paths]


def finding(one: dict[str, Any], file: SourceFile) -> Finding:
    """Make a finding of one of its answers; what it has from ShellCheck keeps that name."""
    code = one["code"]
    shell = code.startswith("SC")
    url = (
        f"https://www.shellcheck.net/wiki/{code}"
        if shell
        else f"https://github.com/hadolint/hadolint/wiki/{code}"
    )
    rule = f"shellcheck/{code}" if shell else f"{ID}/{code}"
    line = max(1, one["line"])
    text = file.lines[line - 1] if line <= len(file.lines) else ""
    mark = Mark(file.name, line, max(1, one["column"]), max(1, len(text.rstrip()) - one["column"] + 1))
    return Finding(mark, one["message"].replace("\n", " "), rule, SEVERITIES[one["level"]], url)
