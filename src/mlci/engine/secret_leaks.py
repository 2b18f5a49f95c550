"""Looks for the values of secrets in files that others will see: what a stage makes is handed on and kept."""

from __future__ import annotations

import mmap
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mlci.engine.masker import Masker

ARCHIVES = (".tar", ".gz", ".tgz")


class Leak(NamedTuple):
    """A secret that shows."""

    secret: str
    place: Path


def leaks(paths: Iterable[Path], secrets: Mapping[str, str], least: int) -> Iterator[Leak]:
    """Yield each secret whose value shows, in any spelling that the masker knows, and where.

    Parameters
    ----------
    paths : files
    secrets : name -> value
    least : characters below which a value is too common to be looked for
    """
    patterns = {name: Masker((value,)).pattern for name, value in secrets.items() if len(value) >= least}
    for path in paths if patterns else ():
        for name, pattern in patterns.items():
            if pattern is not None and shows(path, pattern):
                yield Leak(name, path)


def files(top: Path) -> Iterator[Path]:
    """Yield a file, or all files below a folder, in order; no link is followed."""
    for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
        if not path.is_symlink() and path.is_file():
            yield path


def shows(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Tell whether a file, or one inside an archive, holds a pattern."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if pattern.search(data):
            return True
    return path.suffix in ARCHIVES and inside(path, pattern)


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
