"""What one job came to, for programs: as JSON, and as NAME=VALUE lines for a vendor that takes some."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from mlci.engine.execute import Result
from mlci.engine.workspace import Workspace
from mlci.files import write_atomic

FILE = "outcome.json"
LINES: Mapping[str, str] = {
    "status": "What came of it: done, failed, timed-out, interrupted, or input when it could not begin.",
    "metrics": "Its metrics, as one JSON object.",
    "record": "The path of its record, a JSON file: inputs, outputs, digests, timing.",
    "junit": "The path of its JUnit report.",
    "summary": "The path of its summary in Markdown.",
}
"""The lines that a job leaves, and what each holds."""
FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def leave(
    workspace: Workspace, job: str, outputs: str | None, status: int, message: str, result: Result | None
) -> None:
    """Write a job's outcome.

    Parameters
    ----------
    workspace : where
    job : the job's id; one that can be no folder has no outcome
    outputs : the file that lines are added to, None for none
    status : the exit status
    message : why it failed, "" when it did not
    result : None when it could not begin
    """
    if not FOLDER.fullmatch(job):
        return
    reports = workspace.reports(job)
    metrics = {} if result is None else dict(result.record.metrics)
    found = {
        "status": "input" if result is None else result.record.status,
        "metrics": json.dumps(metrics),
        "record": relative(workspace, workspace.handoff(job) / "record.json"),
        "junit": relative(workspace, reports / "junit.xml"),
        "summary": relative(workspace, reports / "summary.md"),
    }
    cases = [] if result is None else [case._asdict() for case in result.cases]
    told = {"stage": job, "exit_status": status, "message": message, "cases": cases}
    write_atomic(reports / FILE, json.dumps(told | found | {"metrics": metrics}, indent=2) + "\n")
    if outputs:
        with Path(outputs).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in found.items())


def relative(workspace: Workspace, path: Path) -> str:
    """Return a path from the workspace's top, "" where nothing lies."""
    return path.relative_to(workspace.root).as_posix() if path.exists() else ""
