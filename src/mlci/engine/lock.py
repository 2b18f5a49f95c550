"""A lock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from mlci.errors import EnvironmentLacks

PATIENCE = 2.0
"""Seconds to wait for a lock of the dead: a command that was just starting may hold it a moment longer."""


class Holder(NamedTuple):
    """Who holds a lock, as the lock's file says."""

    pid: int
    since: str

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold a lock; what is in the file only says who holds it.

    Raises
    ------
    EnvironmentLacks : another process holds it, or it cannot be made
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise EnvironmentLacks(
            f"cannot make the lock {path}: {error.strerror}", help="mend the permissions"
        ) from error
    try:
        take(handle, what)
        yield
    finally:
        os.close(handle)


def take(handle: int, what: str) -> None:
    """Take a lock, and write who holds it now."""
    import fcntl

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError as error:
            holder = read_holder(handle)
            if holder is None or holder.alive or time.monotonic() > deadline:
                who = "" if holder is None else f" (process {holder.pid}, since {holder.since})"
                raise EnvironmentLacks(f"another {what} is at work here{who}", help="wait for it") from error
            time.sleep(0.02)
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "since": since}).encode(), 0)
    except OSError:
        # On a full disk nobody learns who holds it; it is held all the same.
        return


def read_holder(handle: int) -> Holder | None:
    """Return who holds a lock, as far as it is known."""
    try:
        said = json.loads(os.pread(handle, 4096, 0))
        return Holder(int(said["pid"]), str(said["since"])[:25])
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return None
