"""Writing files so that a reader, or a crash, meets the old text or the new, never half."""

from __future__ import annotations

import os
from pathlib import Path

from mlci.errors import EnvironmentLacks


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write a file by way of a temporary one beside it, fsync and rename.

    Raises
    ------
    EnvironmentLacks : the disk is full or the folder cannot be written; the old file is untouched
    """
    data = content.encode() if isinstance(content, str) else content
    # Named by hand: importing tempfile would cost every command a third of a Python start.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(6).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError as error:
        remove(temporary)
        raise EnvironmentLacks(
            f"cannot write {path}: {error.strerror}", help="free some space or mend the permissions"
        ) from error


def remove(temporary: Path) -> None:
    """Remove what may be left of a file that could not be written; nothing may be left of it at all."""
    if temporary.exists():
        temporary.unlink(missing_ok=True)
