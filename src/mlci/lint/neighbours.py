"""Files beside the one that is linted, by paths that its text gives and that may be any nonsense."""

from __future__ import annotations

from pathlib import Path


def is_file(path: Path) -> bool:
    """Tell whether there is a file; a path that no system takes, as one too long, leads nowhere."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
