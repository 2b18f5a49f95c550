"""The Python a stage's command runs with, and what is installed there; asked again only after a change."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlci.errors import EnvironmentLacks

PROBE = Path(__file__).with_name("probe.py")
FRESH = 2 * 10**9
"""Nanoseconds within which two changes of a folder may carry the same time."""
TOOLS = frozenset({"mlci", "pip", "uv", "wheel"})
"""Packages no stage's result depends on; a library stage's code counts by itself."""


class Interpreter(NamedTuple):
    """A Python and its packages."""

    version: str = "none"
    platform: str = ""
    packages: Mapping[str, tuple[str, list[list[str]]]] = {}
    """Name -> version, and its requirements as `probe` reads them."""

    def closure(self, roots: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return the versions of packages and of all they require.

        Parameters
        ----------
        roots : pairs of a package's name and the extras asked of it, joined by commas
        """
        found: dict[str, str] = {}
        seen: set[tuple[str, str]] = set()
        waiting = list(roots)
        while waiting:
            one = waiting.pop()
            if one in seen or one[0] not in self.packages:
                continue
            seen.add(one)
            version, requires = self.packages[one[0]]
            found[one[0]] = version
            extras = one[1].split(",")
            waiting.extend((name, asked) for name, asked, of in requires if not of or of in extras)
        return {name: version for name, version in sorted(found.items()) if name not in TOOLS}

    def everything(self) -> dict[str, str]:
        return {name: each[0] for name, each in sorted(self.packages.items()) if name not in TOOLS}


def search_path(environ: Mapping[str, str]) -> str:
    """Return the PATH of a stage: mlci's own environment comes first when no other one is active.

    So `.venv/bin/mlci run` means the same as it does after `source .venv/bin/activate`.
    """
    path = environ.get("PATH", os.defpath)
    own = str(Path(sys.executable).parent)
    active = environ.get("VIRTUAL_ENV") or environ.get("CONDA_PREFIX")
    if active or sys.prefix == sys.base_prefix or own in path.split(os.pathsep):
        return path
    return f"{own}{os.pathsep}{path}"


def find_python(path: str) -> str | None:
    """Return the `python` of a search path, or its `python3`."""
    for name in ("python", "python3"):
        for folder in path.split(os.pathsep):
            found = os.path.join(folder or ".", name)  # noqa: PTH118 - no import of pathlib's weight per folder
            if os.access(found, os.X_OK) and not os.path.isdir(found):  # noqa: PTH112
                return os.path.abspath(found)  # noqa: PTH100
    return None


def inspect(python: str | None, memory: Path, root: Path) -> Interpreter:
    """Return what an interpreter is and has, from the file `memory` while nothing was installed since.

    Parameters
    ----------
    python : its path, None when there is none
    memory : where the answer is kept
    root : the workspace, whose .python-version a version manager may heed

    Raises
    ------
    EnvironmentLacks : the interpreter does not run
    """
    if python is None:
        return Interpreter()
    known = recall(memory)
    row = known.get(python)
    chosen = str(root / ".python-version")
    if (
        not isinstance(row, dict)
        or not row.get("state")
        or state(python, chosen, row["said"]) != row["state"]
    ):
        from mlci.files import write_atomic

        said = ask(python, root)
        row = {"said": said, "state": state(python, chosen, said)}
        write_atomic(memory, json.dumps({**known, python: row}))
    said = row["said"]
    packages = {name: (each[0], each[1]) for name, each in said["packages"].items()}
    return Interpreter(said["version"], said["platform"], packages)


def recall(memory: Path) -> dict[str, Any]:
    """Read what is remembered; nothing when it is damaged."""
    try:
        known = json.loads(memory.read_bytes())
        sound = all(isinstance(row["said"]["packages"], dict) for row in known.values())
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    return dict(known) if sound else {}


def state(python: str, chosen: str, said: Mapping[str, Any]) -> list[Any] | None:
    """Return what changes when something is installed; None when it changed too recently to tell."""
    seen: list[Any] = []
    for path in (python, chosen, *said["folders"]):
        try:
            found = os.stat(path)  # noqa: PTH116 - on the way of every run
        except OSError:
            seen.append([path, 0])
            continue
        if time.time_ns() - found.st_mtime_ns < FRESH:
            return None
        seen.append([path, found.st_mtime_ns, found.st_ino])
    return seen


def ask(python: str, root: Path) -> dict[str, Any]:
    """Let an interpreter describe itself."""
    import subprocess

    try:
        done = subprocess.run(
            [python, "-I", "-B", str(PROBE)], capture_output=True, timeout=120, check=True, cwd=root
        )
        said: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise EnvironmentLacks(
            f"the Python at {python} does not run: {error}", help="install it again, or mend your PATH"
        ) from error
    return said
