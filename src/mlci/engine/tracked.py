"""Which files below a job's outputs are not of its making: those git tracks, and its own inputs."""

from __future__ import annotations

import os
from pathlib import Path

from mlci.planning.stage_files import Files


def tracked(root: Path, files: Files) -> frozenset[str]:
    """Return the paths that stay where they are when the outputs are made anew, as in a clean checkout."""
    inputs = (path.rstrip("/") for path in files.inputs)
    return frozenset((*inputs, *by_git(root, files.made_anew)))


def by_git(root: Path, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tracked files at and below some paths; none where there is no git."""
    if not paths:
        return ()
    import subprocess

    plain = {**os.environ, "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0"}
    words = ["git", "-C", str(root), "ls-files", "-z", "--", *(path.rstrip("/") for path in paths)]
    try:
        said = subprocess.run(words, capture_output=True, check=True, env=plain, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(os.fsdecode(path) for path in said.stdout.split(b"\0") if path)
