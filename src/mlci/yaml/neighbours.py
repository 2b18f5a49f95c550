"""Files beside the one that is linted, by paths that its text gives and that may be any nonsense."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from mlci.errors import InputError
from mlci.yaml.document import Document, read_text


def is_file(path: Path) -> bool:
    """Tell whether there is a file; a path that no system takes, as one too long, leads nowhere."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def load(path: Path) -> Document | None:
    """Read a YAML file of the repository; None when there is none, or it is no YAML."""
    try:
        changed = path.stat().st_mtime_ns
    except (OSError, ValueError):  # none that can be read, or no path at all
        return None
    return load_at(str(path), changed)


@lru_cache(maxsize=256)
def load_at(path: str, changed: int) -> Document | None:
    """Read a file as it was at a time, once."""
    try:
        return Document(path, read_text(Path(path), path))
    except InputError:  # its own lint says what is wrong with it
        return None
