"""Starting another program over many files, and giving it files that lie on disk."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from mlci.yaml.source import SourceFile

TIMEOUT = 120
"""Seconds."""
PLACES = {
    "github-workflow": ".github/workflows",
    "dependabot": ".github",
}


class ToolError(Exception):
    """A tool could not be run, or did not answer as it should."""


@cache
def find(name: str) -> str | None:
    """Return where a tool lies: beside this Python, or on the path; None when it is not installed."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.is_file() else shutil.which(name)


def ask(command: Sequence[str], folder: Path | None = None) -> Any:
    """Run a tool that answers in JSON on its standard output.

    Raises
    ------
    ToolError : it cannot be started, takes too long, or answers anything but JSON
    """
    try:
        done = subprocess.run(
            list(command), capture_output=True, text=True, timeout=TIMEOUT, check=False, cwd=folder
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise ToolError(str(error)) from error
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ToolError(said[0][:200] if said else "it answered nothing") from error


def ask_all(command: Sequence[str], paths: Sequence[str]) -> list[Any]:
    """Run a tool over files; when it fails, over halves of them, so that one file's failure is only its own.

    Raises
    ------
    ToolError : it fails for one file alone
    """
    if not paths:
        return []
    try:
        return ask([*command, *paths]) or []
    except ToolError:
        if len(paths) < 2:
            raise
    half = len(paths) // 2
    found, failure = [], None
    for part in (paths[:half], paths[half:]):
        try:
            found += ask_all(command, part)
        except ToolError as error:
            failure = error
    if failure is not None and not found:
        raise failure
    return found


@contextmanager
def on_disk(files: Sequence[SourceFile]) -> Iterator[dict[str, SourceFile]]:
    """Give each file a path that holds its text: its own, or one in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="mlci-lint-") as folder:
        paths: dict[str, SourceFile] = {}
        for number, file in enumerate(files):
            path = own_path(file) or copy(file, Path(folder, str(number)))
            paths[str(path)] = file
        yield paths


def own_path(file: SourceFile) -> Path | None:
    """Return where a file lies, if what lies there is its text."""
    if file.root is None:
        return None
    path = (file.root / file.name).resolve()
    try:
        same = path.read_text("utf-8-sig") == file.text
    except (OSError, UnicodeDecodeError):
        return None
    return path if same else None


def copy(file: SourceFile, folder: Path) -> Path:
    parent = folder / PLACES.get(file.kind.id, "")
    parent.mkdir(parents=True)
    path = parent.resolve() / (file.name.rpartition("/")[2] or "file")
    path.write_text(file.text, "utf-8")
    return path
