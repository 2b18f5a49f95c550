"""Writing files so that a reader, or a crash, meets the old text or the new, never half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mlci.errors import EnvironmentLacks


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write a file by way of a temporary one beside it, fsync and rename.

    Raises
    ------
    EnvironmentLacks : the disk is full or the folder cannot be written; the old file is untouched
    """
    data = content.encode() if isinstance(content, str) else content
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)  # noqa: PTH101
        os.replace(temporary, path)  # noqa: PTH105
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise EnvironmentLacks(
            f"cannot write {path}: {error.strerror}", help="free some space or mend the permissions"
        ) from error
