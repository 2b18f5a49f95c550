"""The target `local`: a folder of this machine, or one mounted here."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlci.deploy.contract import Deployed, Site, Status
from mlci.deploy.layout import Layout
from mlci.deploy.package import Package
from mlci.errors import EnvironmentLacks, InputError


class Local:
    """A folder that TensorFlow Serving or `mlci serve` reads: versioned, atomic, with a way back.

    Parameters
    ----------
    path : the folder; relative to the repository unless it starts with /
    url : where the server that reads it answers, such as http://127.0.0.1:8501
    keep : how many versions stay in production, and how many retired ones
    """

    def __init__(self, site: Site, *, path: str, url: str | None = None, keep: int = 5) -> None:
        if not path or keep < 1:
            raise InputError(f"target '{site.name}' needs a path, and 'keep' of 1 or more")
        top = site.root / Path(path).expanduser()
        self.url = url
        self.layout = Layout(LocalFiles(top), site, keep, str(top))

    def deploy(self, package: Package) -> Deployed:
        """Put a package into production."""
        with named_errors(self.layout.where):
            return self.layout.deploy(package)

    def status(self, model: str | None = None) -> Status:
        """Tell what is deployed."""
        with named_errors(self.layout.where):
            return self.layout.status(model)

    def rollback(self, to: int | None = None, model: str | None = None) -> Deployed:
        """Serve an earlier version again."""
        with named_errors(self.layout.where):
            return self.layout.rollback(to, model)

    def fetch(self, into: Path, model: str | None = None) -> Path:
        """Copy the version in production below `into`."""
        with named_errors(self.layout.where):
            return self.layout.fetch(into, model)


@contextmanager
def named_errors(where: str) -> Iterator[None]:
    """Turn what the operating system refuses into a message."""
    try:
        yield
    except OSError as error:
        raise EnvironmentLacks(
            f"cannot deploy to {where}: {error.strerror or error}",
            help="free some space or mend the permissions; what is served has not changed",
        ) from error


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
        """Copy a folder to a new local one."""
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
        """Make a folder and those above it."""
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
