"""Who sees what every job does: an `mlci` that stands in front of the real one and notes each call."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

SHIM = Path(__file__).with_name("shim.py")
NOTES = "notes"


class Call(NamedTuple):
    """One call of mlci by a job."""

    words: tuple[str, ...]
    """What stood after `mlci`."""
    folder: Path
    environ: Mapping[str, str]
    """All it was given, secrets too: for comparing, never for showing."""
    began: float
    """Seconds since the epoch."""
    ended: float
    """0 when it never came to its end."""
    status: int | None
    record: Mapping[str, Any] | None
    """The record that an `exec` left."""

    @property
    def command(self) -> tuple[str, ...]:
        """The call as a person would write it."""
        return ("mlci", *self.words)

    def option(self, name: str) -> str:
        """Return the value of one of its options, "" when it is not given."""
        for at, word in enumerate(self.words):
            if word == name and at + 1 < len(self.words):
                return self.words[at + 1]
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
        return ""

    @property
    def workflow(self) -> str:
        return self.option("--workflow") or self.option("-w")

    @property
    def job(self) -> str:
        """The job that an `exec` works on: as its record says, else as the call itself does."""
        if self.record is not None:
            return str(self.record["job"])
        return self.option("--job") or next((each for each in self.words[1:] if not each.startswith("-")), "")


def lay(folder: Path) -> Path:
    """Make a folder whose `mlci` notes each call; return it, to come first on a job's PATH."""
    notes = folder / NOTES
    notes.mkdir(parents=True, mode=0o700)
    words = [interpreter(), "-IS", str(SHIM), str(folder), str(notes)]
    program = folder / "mlci"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return folder


def interpreter() -> str:
    """Return the interpreter under any virtual environment; nothing of one is needed."""
    return os.path.realpath(sys.executable)


def calls(tools: Path) -> tuple[Call, ...]:
    return tuple(read_call(path) for path in sorted((tools / NOTES).glob("*.json")))


def read_call(path: Path) -> Call:
    said = json.loads(path.read_text(encoding="utf-8"))
    text = said.get("record")
    return Call(
        tuple(said["words"]),
        Path(said["folder"]),
        said["environ"],
        said["began"],
        said.get("ended", 0.0),
        said.get("status"),
        None if text is None else json.loads(text),
    )


def executions(found: tuple[Call, ...]) -> tuple[Call, ...]:
    return tuple(each for each in found if each.words[:1] == ("exec",))
