"""Whether `mlci generate` has anything to do, from digests alone: no YAML is parsed, no template rendered."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from mlci import __version__
from mlci.files import write_atomic
from mlci.resources import PACKAGE, shipped

STAMP = Path(".mlci/state/generate.json")


def leave(root: Path, paths: list[str]) -> None:
    """Note that these files, from this mlci.yaml, by this mlci, are as they should be."""
    given = {path: digest(root / path) for path in ["mlci.yaml", *paths]}
    if None not in given.values():
        write_atomic(root / STAMP, json.dumps({"mlci": build(), "files": given}, indent=1))


def holds(root: Path) -> bool:
    """Tell whether the last note still holds: same mlci, same mlci.yaml, same files, byte by byte."""
    try:
        noted = json.loads((root / STAMP).read_bytes())
        files = noted["files"].items()
        return bool(noted["mlci"] == build() and all(digest(root / path) == was for path, was in files))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False


def digest(path: Path) -> str | None:
    """Return a file's SHA-256, None when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def build() -> str:
    """Name this mlci: its version, and the state of the modules and templates that render."""
    seen = [__version__]
    for folder in (PACKAGE, shipped("templates")):
        for where, folders, files in os.walk(folder):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in files:
                stat = os.stat(os.path.join(where, name))  # noqa: PTH116, PTH118
                seen.append(f"{name}:{stat.st_size}:{stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(seen)).encode()).hexdigest()
