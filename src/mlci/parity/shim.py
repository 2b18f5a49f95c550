"""The `mlci` that a job under proof finds first on its PATH: notes the call, then lets the real one work.

It runs by itself, on Python's library alone: `python -IS shim.py TOOLS NOTES WORD…`. An `exec` keeps nothing
in the store, so that no vendor finds what another has made; a `notify` tells nobody.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

MISSING = 127
"""What a shell says of a program that it does not find."""


def main(tools: Path, notes: Path, words: Sequence[str]) -> int:
    """Note one call and do it; return its exit status."""
    note = Note(notes, words)
    if words[:1] == ["notify"]:
        sys.stdout.write("mlci: noted; under parity nobody is told\n")
        note.close(0)
        return 0
    program = real(tools, words)
    if program is None:
        sys.stderr.write("mlci: command not found; no step before has installed it\n")
        note.close(MISSING)
        return MISSING
    status = follow(subprocess.Popen(program))
    note.close(status)
    return status


def real(tools: Path, words: Sequence[str]) -> list[str] | None:
    """Return the words that run mlci itself; None when it is not installed where the job is."""
    path = os.pathsep.join(
        each for each in os.environ.get("PATH", "").split(os.pathsep) if Path(each) != tools
    )
    python = shutil.which("python", path=path) or shutil.which("python3", path=path)
    if python is None or shutil.which("mlci", path=path) is None:
        return None
    unkept = (
        ["--store="]
        if words[:1] == ["exec"] and not any(each.startswith("--store") for each in words)
        else []
    )
    return [python, "-P", "-m", "mlci", *words, *unkept]


def follow(process: subprocess.Popen[bytes]) -> int:
    """Wait for the real one, and hand on what asks it to stop."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, pass_on)
    status = process.wait()
    return 128 - status if status < 0 else status


class Note:
    """What is kept of one call; there from its beginning, should it never come to its end."""

    def __init__(self, notes: Path, words: Sequence[str]) -> None:
        self.path = notes / f"{time.time_ns()}-{os.getpid()}.json"
        self.records = records(root_of(words))
        self.words = words
        self.said: dict[str, object] = {
            "words": list(words),
            "folder": str(Path.cwd()),
            "environ": dict(os.environ),
            "began": time.time(),
        }
        self.write()

    def close(self, status: int) -> None:
        self.said |= {"ended": time.time(), "status": status, "record": self.record()}
        self.write()

    def record(self) -> str | None:
        if self.words[:1] != ["exec"]:
            return None
        now = records(root_of(self.words))
        fresh = [path for path, written in now.items() if self.records.get(path) != written]
        latest = max(fresh, key=lambda path: now[path], default=None)
        return None if latest is None else latest.read_text(encoding="utf-8")

    def write(self) -> None:
        temporary = self.path.with_suffix(".part")
        temporary.write_text(json.dumps(self.said), encoding="utf-8")
        temporary.replace(self.path)


def root_of(words: Sequence[str]) -> Path:
    """Return the folder of mlci.yaml that a call names, or the one it is made in."""
    for at, word in enumerate(words[:-1]):
        if word in ("-C", "--root"):
            return Path(words[at + 1])
    return next((Path(word[7:]) for word in words if word.startswith("--root=")), Path())


def records(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in root.glob(".mlci/handoff/*/record.json")}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
