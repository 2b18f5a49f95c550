"""zizmor, by William Woodruff and contributors: the auditor of GitHub workflows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlci.findings import Finding, Mark, Severity
from mlci.lint.partners.tool import ask_all, find, on_disk
from mlci.yaml.source import SourceFile

ID = "zizmor"
KINDS: tuple[str, ...] = ("github-workflow", "github-action", "dependabot")
OPTIONS = ("--offline", "--no-progress", "--no-exit-codes", "--quiet", "--format", "json-v1")
SEVERITIES: dict[str, Severity] = {"High": "warning", "Medium": "warning"}


def check(files: Sequence[SourceFile]) -> list[Finding]:
    """Return what it says; files it cannot read are left to others."""
    program = find(ID)
    readable = [file for file in files if file.sound and file.root_node is not None]
    if program is None or not readable:
        return []
    with on_disk(readable) as paths:
        answers = ask_all([program, *OPTIONS], list(paths))
        found = [finding(one, paths) for one in answers if not one["ignored"]]
    return [one for one in found if one is not None]


def finding(one: dict[str, Any], paths: dict[str, SourceFile]) -> Finding | None:
    """Make a finding of one of its answers, at the first place it calls primary."""
    place = next((each for each in one["locations"] if each["symbolic"]["kind"] == "Primary"), None)
    if place is None:
        return None
    key = place["symbolic"]["key"].get("Local", {})
    file = paths.get(key.get("verbatim_path") or key.get("given_path") or "")
    if file is None:
        return None
    start, end = (place["concrete"]["location"][name] for name in ("start_point", "end_point"))
    length = end["column"] - start["column"] if end["row"] == start["row"] else 1
    mark = Mark(file.name, start["row"] + 1, start["column"] + 1, max(1, length))
    message = f"{one['desc']}: {place['symbolic']['annotation']}"
    return Finding(mark, message, f"{ID}/{one['ident']}", severity(one["determinations"]), one["url"])


def severity(said: dict[str, str]) -> Severity:
    """Translate its severity; what it is not sure of is a note."""
    return "info" if said["confidence"] == "Low" else SEVERITIES.get(said["severity"], "info")
