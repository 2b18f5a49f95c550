"""Looks for the values of secrets in all that a vendor's run has left."""

from __future__ import annotations

import mmap
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mlci.engine.masker import Masker

LEAST = 4
"""Characters below which a value is too common to be looked for."""
PRIVATE = ("machines",)
"""Folders that hold what a job alone sees."""


class Leak(NamedTuple):
    """A secret that shows."""

    secret: str
    place: Path


def leaks(folder: Path, secrets: Mapping[str, str]) -> Iterator[Leak]:
    """Yield each secret whose value shows, in any spelling that the masker knows, and where.

    Parameters
    ----------
    folder : of one vendor's run; what its jobs alone see is left out
    secrets : name -> value
    """
    patterns = {name: Masker((value,)).pattern for name, value in secrets.items() if len(value) >= LEAST}
    for path in sorted(files(folder)):
        for name, pattern in patterns.items():
            if pattern is not None and shows(path, pattern):
                yield Leak(name, path)


def too_short(secrets: Mapping[str, str]) -> Iterable[str]:
    """Return the secrets that cannot be looked for."""
    return sorted(name for name, value in secrets.items() if len(value) < LEAST)


def files(folder: Path) -> Iterator[Path]:
    """Yield the files that others than one job see."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if inside[0] not in PRIVATE and not path.is_symlink() and path.is_file():
            yield path


def shows(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Tell whether a file, or one inside an archive, holds a pattern."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if pattern.search(data):
            return True
    return path.suffix in (".tar", ".gz", ".tgz") and inside(path, pattern)


def inside(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Tell whether a member of an archive holds a pattern."""
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and pattern.search(content.read()):
                    return True
    except (tarfile.TarError, OSError, EOFError):
        return False
    return False
