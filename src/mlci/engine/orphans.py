"""Commands that outlived an mlci that was killed: noted while they run, ended before the next run begins."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from mlci.engine.process import members
from mlci.files import write_atomic

PATIENCE = 5.0
"""Seconds to wait for an ended group to be gone."""


class Noted:
    """A note that a job's command runs.

    Parameters
    ----------
    folder : where notes lie
    job_id : whose command it is
    """

    def __init__(self, folder: Path, job_id: str) -> None:
        self.path = folder / f"{job_id}.json"

    def started(self, pid: int) -> None:
        """Note the command's process group, and when it started, as numbers are used again."""
        write_atomic(self.path, json.dumps({"pid": pid, "start": start_of(pid)}))

    def ended(self) -> None:
        """Take the note away."""
        self.path.unlink(missing_ok=True)


def end_orphans(folder: Path) -> tuple[str, ...]:
    """End the commands whose mlci is gone; return their jobs' ids.

    Only for one who holds the workspace's lock: another run's commands would be ended as well.
    """
    if not folder.is_dir():
        return ()
    found = []
    for path in sorted(folder.glob("*.json")):
        if end(path):
            found.append(path.stem)
        path.unlink(missing_ok=True)
    return tuple(found)


def end(path: Path) -> bool:
    """End the group that a note names, if it is still that one; tell whether it was."""
    try:
        said = json.loads(path.read_bytes())
        pid, start = int(said["pid"]), str(said["start"])
    except (OSError, ValueError, TypeError, KeyError):
        return False
    if pid <= 1 or not members(pid) or start_of(pid) not in (start, ""):
        return False
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    deadline = time.monotonic() + PATIENCE
    while members(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return True


def start_of(pid: int) -> str:
    """Return what tells a process from a later one of the same number; "" when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return start_by_ps(pid)
    return text[text.rindex(b")") + 2 :].split()[19].decode()


def start_by_ps(pid: int) -> str:
    if Path("/proc/self/stat").exists():
        return ""
    import subprocess

    words = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
