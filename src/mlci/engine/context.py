"""Where and for what a stage runs, in words no vendor owns: from the vendor's variables, or from git."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from mlci.planning.context import Context

EARLIEST = 315532800
"""1980-01-01, the first moment a zip file can hold: the time of a workspace without commits."""


class Commit(NamedTuple):
    """The commit that is checked out; "" and EARLIEST where there is none."""

    hash: str = ""
    time: int = EARLIEST
    branch: str = ""
    tag: str = ""


def read_context(
    environ: Mapping[str, str], root: Path, ask_git: Callable[[Path], Commit] | None = None
) -> Context:
    """Return the context of this run: its vendor's if it is one, else this machine's.

    On a CI product that mlci has no module for, MLCI_VENDOR, MLCI_COMMIT, … may be set by hand; they hold for
    what git cannot tell.

    Parameters
    ----------
    environ : the process's environment
    root : the checkout
    ask_git : tells the commit that is checked out, where no vendor does; `read_commit` if None
    """
    from mlci.planning.vendor import ALL

    for vendor in ALL:
        found = vendor.product.context(environ)
        if found is not None:
            return found
    return local_context(environ, (ask_git or read_commit)(root))


def local_context(environ: Mapping[str, str], commit: Commit) -> Context:
    """Return the context of a run outside any known vendor."""
    own = Context(commit=commit.hash, branch=commit.branch, tag=commit.tag, event="manual")
    own = own._replace(actor=environ.get("USER", ""))
    given = {name: environ.get(f"MLCI_{name.upper()}", "") for name in Context._fields}
    return own._replace(**{name: value for name, value in given.items() if value})


def read_commit(root: Path) -> Commit:
    """Ask git once for the commit, its time, branch and tag."""
    import subprocess

    words = ["git", "-C", str(root), "log", "-1", "--format=%H%n%ct%n%D", "--decorate=full"]
    plain = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        said = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True, env=plain)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return Commit()
    lines = said.stdout.splitlines()
    if len(lines) < 2 or not lines[1].isdecimal():
        return Commit()
    names = lines[2].split(", ") if len(lines) > 2 else []
    return Commit(lines[0], int(lines[1]), head(names), first(names, "tag: refs/tags/"))


def head(names: list[str]) -> str:
    return first(names, "HEAD -> refs/heads/")


def first(names: list[str], prefix: str) -> str:
    return next((name.removeprefix(prefix) for name in names if name.startswith(prefix)), "")


def changed_paths(root: Path) -> tuple[str, ...] | None:
    """Return what differs from the commit before, uncommitted work included; None when git cannot tell."""
    import subprocess

    base = ["git", "-C", str(root), "-c", "core.quotePath=false"]
    try:
        known = subprocess.run(
            [*base, "diff", "--name-only", "--relative", "-z", "HEAD~1"], capture_output=True, check=True
        )
        new = subprocess.run(
            [*base, "ls-files", "--others", "--exclude-standard", "-z"], capture_output=True, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = (known.stdout + new.stdout).split(b"\0")
    return tuple(sorted({os.fsdecode(path) for path in found if path}))
