"""actionlint, by rhysd and contributors: the checker of GitHub workflows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlci.findings import Finding, Mark, Severity
from mlci.lint.partners.tool import ask_all, find, on_disk
from mlci.yaml.source import SourceFile

ID = "actionlint"
KINDS: tuple[str, ...] = ("github-workflow",)
URL = "https://github.com/rhysd/actionlint/blob/main/docs/checks.md"


def check(files: Sequence[SourceFile]) -> list[Finding]:
    """Return what it says; shell is checked by ourselves, once for all vendors."""
    program = find(ID)
    if program is None:
        return []
    command = [program, "-shellcheck=", f"-pyflakes={find('pyflakes') or ''}", "-format", "{{json .}}"]
    with on_disk(files) as paths:
        answers = ask_all(command, list(paths))
        return [finding(one, paths[path]) for one in answers if (path := absolute(one["filepath"])) in paths]


def absolute(path: str) -> str:
    """Return a path it names, which it shortens when it can."""
    return str(Path.cwd().joinpath(path).resolve())


def finding(one: dict[str, Any], file: SourceFile) -> Finding:
    """Make a finding of one of its answers; columns count characters."""
    length = max(1, one.get("end_column", 0) - one["column"] + 1)
    mark = Mark(file.name, max(1, one["line"]), max(1, one["column"]), length)
    message = one["message"].replace("\n", " ")
    return Finding(mark, message, f"{ID}/{one['kind']}", severity(one), URL)


def severity(one: dict[str, Any]) -> Severity:
    """Tell how bad it is: all it says are errors, but for what only will be one."""
    return "info" if "removal is scheduled" in one["message"] else "error"
