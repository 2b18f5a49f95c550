"""Where a model's files lie: a folder, or a place inside a tar archive; read alike."""

from __future__ import annotations

import stat
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from mlci.models.wire import Malformed


class Source(Protocol):
    """Files by their relative names, with `/` between the parts."""

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open one file for reading; it can seek."""
        ...


@dataclass(frozen=True)
class Folder:
    """The files below a folder. Symbolic links are not followed: a name that leads elsewhere is refused."""

    root: Path

    def names(self) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in walk(self.root))

    def open(self, name: str) -> BinaryIO:
        try:
            return (self.root / name).open("rb")
        except FileNotFoundError as error:
            raise Malformed(f"the file {name} is missing") from error


@dataclass(frozen=True)
class Archive:
    """The files of an uncompressed tar archive."""

    tar: tarfile.TarFile
    members: Mapping[str, tarfile.TarInfo]

    @classmethod
    def of(cls, tar: tarfile.TarFile) -> Archive:
        """Read an archive's table of contents; anything but plain files and folders is refused."""
        members = {}
        for member in tar:
            if not (member.isreg() or member.isdir()):
                raise Malformed(f"the archive holds '{member.name}', which is no plain file")
            if member.isreg():
                members[member.name] = member
        return cls(tar, members)

    def names(self) -> list[str]:
        return sorted(self.members)

    def open(self, name: str) -> BinaryIO:
        if name not in self.members:
            raise Malformed(f"the file {name} is missing")
        return cast(BinaryIO, self.tar.extractfile(self.members[name]))


@dataclass(frozen=True)
class Below:
    """The part of another source that lies under a prefix ending in `/`."""

    whole: Source
    prefix: str

    def names(self) -> list[str]:
        """Return the names of the files under the prefix, without it."""
        return [name.removeprefix(self.prefix) for name in self.whole.names() if name.startswith(self.prefix)]

    def open(self, name: str) -> BinaryIO:
        return self.whole.open(self.prefix + name)


def walk(root: Path) -> Iterator[Path]:
    """Yield every plain file below a folder.

    Raises
    ------
    Malformed : a symbolic link, a device or a pipe is among them
    """
    for path in root.iterdir():
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            yield from walk(path)
        elif stat.S_ISREG(mode):
            yield path
        else:
            kind = "a symbolic link" if stat.S_ISLNK(mode) else "no plain file"
            raise Malformed(f"'{path.relative_to(root)}' is {kind}")
