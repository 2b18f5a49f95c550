"""Which version a package gets: a number that grows, and that the same work gets again."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any, Literal

from mlci.deploy.package import MAX_VERSION
from mlci.errors import InputError
from mlci.stages.contract import Work

LINEAGE = "lineage.json"
"""What `retrain` writes beside a model: the deployed version that it started from."""

Scheme = Literal["commit", "time"]


def choose_version(work: Work, model: Path, wanted: int | Scheme) -> int:
    """Return the version of the model at a path.

    Parameters
    ----------
    wanted : the version itself; or "commit", the commit's time in seconds since 1970, as TensorFlow Serving's
        users number versions, so that every vendor gives the same commit the same version; or "time", now

    A retrained model gets the number after the deployed one it started from, if that is higher. Where there
    is no commit, or files differ from it, "commit" is the time now; a vendor's files are the commit's anyway.

    Raises
    ------
    InputError : the number is out of range
    """
    if isinstance(wanted, int):
        if not 0 < wanted <= MAX_VERSION:
            raise InputError(f"'version' must be from 1 to {MAX_VERSION}, not {wanted}")
        return wanted
    own = int(time.time()) if wanted == "time" else commit_time(work) or int(time.time())
    return max(own, parent_version(model) + 1)


def parent_version(model: Path) -> int:
    """Return the deployed version that a model was retrained from; 0 for none."""
    path = (model if model.is_dir() else model.parent) / LINEAGE
    try:
        said: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        return 0
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    version = said.get("version") if isinstance(said, dict) else None
    if not isinstance(version, int) or not 0 <= version < MAX_VERSION:
        raise InputError(f"{path} names no version")
    return version


def commit_time(work: Work) -> int | None:
    """Return the commit's time in seconds since 1970; None where files differ from it, or there is none."""
    said = git(work.root, "show", "-s", "--format=%ct", "HEAD")
    if said is not None:
        clean = work.context.get("MLCI_VENDOR") or git(work.root, "diff", "--quiet", "HEAD") is not None
        return int(said) if clean and said.isdecimal() else None
    pinned = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(pinned) if work.context.get("MLCI_COMMIT") and pinned.isdecimal() and int(pinned) else None


def git(root: Path, *arguments: str) -> str | None:
    """Return what git says; None when it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
