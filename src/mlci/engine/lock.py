"""A lock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlci.errors import EnvironmentLacks


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold a lock; what is in the file only says who holds it.

    Raises
    ------
    EnvironmentLacks : another process holds it, or it cannot be made
    """
    import fcntl

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise EnvironmentLacks(
            f"cannot make the lock {path}: {error.strerror}", help="mend the permissions"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EnvironmentLacks(
                f"another {what} is at work here{holder(handle)}", help="wait for it"
            ) from error
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "since": since}).encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(handle: int) -> str:
    """Say who holds a lock, as far as it is known."""
    try:
        said = json.loads(os.pread(handle, 4096, 0))
        return f" (process {int(said['pid'])}, since {str(said['since'])[:25]})"
    except (OSError, ValueError, TypeError, KeyError):
        return ""
