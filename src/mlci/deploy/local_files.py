"""Files of this machine, as the layout of a target needs them."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from mlci.errors import InputError


@dataclass(frozen=True)
class LocalFiles:
    """The files below a folder of this machine."""

    top: Path

    def names(self, path: str) -> list[str]:
        """Return the names in a folder; none when it is missing."""
        try:
            return sorted(child.name for child in (self.top / path).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None when it is missing."""
        try:
            return (self.top / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def create(self, path: str, data: bytes) -> bool:
        """Write a new file whole; return False when it exists."""
        target = self.top / path
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            target.hardlink_to(temporary)
        except FileExistsError:
            return False
        finally:
            temporary.unlink()
        sync(target.parent)
        return True

    def upload(self, folder: Path, path: str) -> None:
        """Copy a local folder to a new one, down to the disk."""
        copy_tree(folder, self.top / path)

    def download(self, path: str, folder: Path) -> None:
        copy_tree(self.top / path, folder)

    def rename(self, old: str, new: str) -> None:
        """Rename a folder at once; never onto one that holds something."""
        (self.top / old).rename(self.top / new)
        sync((self.top / new).parent)
        sync((self.top / old).parent)

    def remove(self, path: str) -> None:
        """Remove a file or folder with all it holds."""
        target = self.top / path
        if target.is_dir() and not target.is_symlink():
            remove_tree(target)
        else:
            target.unlink(missing_ok=True)

    def make(self, path: str) -> None:
        (self.top / path).mkdir(parents=True, exist_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove a folder with all it holds, even while another process does the same."""
    while folder.exists():
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder's plain files, readable by a server of another user, down to the disk."""
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        if path.is_symlink():
            raise InputError(f"'{path}' is a symbolic link; a version holds plain files")
        if path.is_dir():
            copy_tree(path, target / path.name)
            continue
        with path.open("rb") as content, (target / path.name).open("xb") as file:
            shutil.copyfileobj(content, file, 2**20)
            file.flush()
            os.fsync(file.fileno())
        (target / path.name).chmod(0o644)
    target.chmod(0o755)
    sync(target)


def sync(folder: Path) -> None:
    """Bring a folder's entries down to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
