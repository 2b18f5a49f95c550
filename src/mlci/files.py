"""Files written so that a reader, or a crash, meets the old text or the new; and names that hold no work."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from mlci.errors import EnvironmentLacks

IGNORED = frozenset({".git", ".mlci", "__pycache__", ".ipynb_checkpoints", ".DS_Store"})
"""Names that are never part of an input or output: what tools leave behind, and differs at every run."""


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write a file by way of a temporary one beside it, fsync and rename.

    Raises
    ------
    EnvironmentLacks : the disk is full or the folder cannot be written; the old file is untouched
    """
    data = content.encode() if isinstance(content, str) else content
    # Named by hand: importing tempfile would cost every command a third of a Python start.
    temporary = path.parent / f".{path.name}.{os.getpid()}-{os.urandom(6).hex()}"
    try:
        refuse_special(path)
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


def refuse_special(path: Path) -> None:
    """Refuse to put a file in the place of a folder, or of a device or pipe, which a rename would replace."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if not stat.S_ISREG(mode):
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, "it is no plain file")


def remove(temporary: Path) -> None:
    """Remove what may be left of a file that could not be written; nothing may be left of it at all."""
    if temporary.exists():
        temporary.unlink(missing_ok=True)
