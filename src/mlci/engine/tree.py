"""The state of a file or folder told from its metadata alone: one pass of `stat`, no content read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from mlci.engine.light import blake2b
from mlci.files import IGNORED

NAME = attrgetter("name")


class State(NamedTuple):
    """What one pass over a path has seen."""

    mark: str
    """Equal for equal names, sizes, times and inodes."""
    newest: int
    """The latest change of any file, in ns since the epoch."""
    device: int


class Stat(NamedTuple):
    """What tells that one file has not changed."""

    size: int
    mtime: int
    ctime: int
    inode: int

    @property
    def newest(self) -> int:
        """When the file last changed; the change time cannot be set back by hand."""
        return max(self.mtime, self.ctime)


def stat_of(path: str) -> Stat:
    """Return a file's metadata, that of the target for a symbolic link."""
    found = os.stat(path)  # noqa: PTH116 - the hot path
    return Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def survey(path: str) -> State:
    """Look at a file, or at a folder and all below it.

    Raises
    ------
    OSError : the path is missing or cannot be read
    """
    top = os.stat(path)  # noqa: PTH116 - the hot path
    hasher = blake2b(digest_size=16)
    if not os.path.isdir(path):  # noqa: PTH112 - the hot path
        link = os.readlink(path) if os.path.islink(path) else ""  # noqa: PTH114, PTH115 - the hot path
        hasher.update(os.fsencode(f"{link}\0{top.st_size} {top.st_mtime_ns} {top.st_ctime_ns} {top.st_ino}"))
        return State(hasher.hexdigest(), max(top.st_mtime_ns, top.st_ctime_ns), top.st_dev)
    newest = 0
    for rows, latest in folders(path):
        hasher.update(rows)
        newest = max(newest, latest)
    return State(hasher.hexdigest(), newest, top.st_dev)


def folders(top: str) -> Iterator[tuple[bytes, int]]:
    """Yield, for each folder in a fixed order, its entries as bytes and their latest change."""
    waiting = [top]
    start = len(top)
    while waiting:
        folder = waiting.pop()
        rows, newest = [f"{folder[start:]}\0/"], 0
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=NAME)
        for entry in entries:
            name = entry.name
            if name in IGNORED:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
                rows.append(f"{name}/")
                continue
            found = entry.stat()
            mtime, ctime = found.st_mtime_ns, found.st_ctime_ns
            rows.append(f"{name}\0{found.st_size} {mtime} {ctime} {found.st_ino}")
            if entry.is_symlink():
                rows.append(os.readlink(entry.path))  # noqa: PTH115 - the hot path
            if mtime > newest:
                newest = mtime
            if ctime > newest:
                newest = ctime
        yield os.fsencode("\0\0".join(rows)), newest
