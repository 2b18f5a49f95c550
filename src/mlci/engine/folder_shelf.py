"""A store's files in a folder of this machine."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from mlci.engine.store import Item
from mlci.files import write_atomic


class FolderShelf:
    """A folder; a bundle already on the same disk is linked, not copied.

    Parameters
    ----------
    folder : made when first written to
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a small file, None when it is not there."""
        try:
            with (self.folder / path).open("rb") as file:
                return file.read(limit)
        except FileNotFoundError:
            return None

    def fetch(self, path: str, target: Path) -> bool:
        """Have a file at another place as well; False when it is not there."""
        source = self.folder / path
        if not source.is_file():
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        link(source, target)
        return True

    def send(self, source: Path, path: str) -> None:
        """Have a file here as well, whole or not at all."""
        target = self.folder / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            link(source, target)

    def write(self, path: str, data: bytes) -> None:
        """Write a small file, whole or not at all."""
        write_atomic(self.folder / path, data)

    def touch(self, path: str) -> None:
        """Note that a file was used."""
        os.utime(self.folder / path)

    def items(self, folder: str) -> Iterator[Item]:
        """List all files below a folder; those that go away meanwhile are left out."""
        now = time.time()
        for where, _, names in os.walk(self.folder / folder):
            for name in names:
                path = Path(where) / name
                try:
                    found = path.stat()
                except FileNotFoundError:
                    continue
                relative = path.relative_to(self.folder).as_posix()
                yield Item(relative, found.st_size, now - found.st_mtime)

    def delete(self, path: str) -> None:
        """Remove a file, if it is there."""
        (self.folder / path).unlink(missing_ok=True)

    def place(self, path: str) -> Path | None:
        """Return where a file lies on this machine."""
        return self.folder / path


def link(source: Path, target: Path) -> None:
    """Put a file at another place by a link, or by a copy that takes its name when it is whole."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
