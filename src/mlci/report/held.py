"""The records of a run as they lie in folders: its own `.mlci/handoff`, or artifacts of anybody's."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mlci.engine.bundle import NAME as BUNDLE
from mlci.engine.record import NAME, Record, parse
from mlci.errors import InputError

MAX_BYTES = 16 * 2**20
MAX_ALL = 256 * 2**20
MAX_RECORDS = 2000
MAX_ENTRIES = 50_000
DEPTH = 3
"""How far below a folder a record may lie: an artifact's folder may hold those of a matrix."""


class Held(NamedTuple):
    """A record, and where the bundle of the job's outputs would lie."""

    record: Record
    bundle: Path | None = None


class Spoilt(NamedTuple):
    """A file that should be a record and is none."""

    path: str
    why: str


class Found(NamedTuple):
    """What lies in some folders."""

    held: tuple[Held, ...]
    """One a workflow and job, the latest."""
    spoilt: tuple[Spoilt, ...] = ()

    @property
    def workflows(self) -> tuple[str, ...]:
        ended: dict[str, str] = {}
        for each in self.held:
            name = each.record.workflow
            ended[name] = max(ended.get(name, ""), each.record.timing.finished)
        return tuple(sorted(ended, key=lambda name: ended[name], reverse=True))


def find(folders: Sequence[Path]) -> Found:
    """Read all records in some folders.

    Raises
    ------
    InputError : a folder is not there, or holds more than any run leaves
    """
    latest: dict[tuple[str, str], Held] = {}
    spoilt: list[Spoilt] = []
    left = MAX_ALL
    for path in sorted(paths(folders)):
        data, why = load(path, left)
        left -= len(data)
        record = None if why else parse(data)
        if record is None:
            spoilt.append(Spoilt(str(path), why or "it is no record of mlci, or is damaged"))
            continue
        held = Held(record, path.parent / BUNDLE)
        key = (record.workflow, record.job)
        if key not in latest or latest[key].record.timing.finished <= record.timing.finished:
            latest[key] = held
    return Found(tuple(latest.values()), tuple(spoilt))


def load(path: Path, left: int) -> tuple[bytes, str]:
    """Return a file's bytes, or why they are not read."""
    try:
        if not path.is_file():
            return b"", "it is no plain file"
        limit = min(MAX_BYTES, left)
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        return b"", f"it cannot be read: {error.strerror}"
    if len(data) > limit:
        return b"", f"it is larger than {MAX_BYTES >> 20} MiB, or all records are larger than {MAX_ALL >> 20}"
    return data, ""


def paths(folders: Iterable[Path]) -> list[Path]:
    """Return the paths of all records, each once."""
    found: dict[Path, None] = {}
    seen = 0
    for folder in folders:
        if not folder.is_dir():
            raise missing(folder)
        for path in walk(folder, DEPTH):
            seen += 1
            if path.name == NAME:
                found[path] = None
            if len(found) > MAX_RECORDS or seen > MAX_ENTRIES:
                said = f"{folder} holds more than {MAX_RECORDS:,} records or {MAX_ENTRIES:,} files"
                raise InputError(said, help="name the folder that holds the records of one run")
    return list(found)


def walk(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the files of a folder and those below; links to folders are not followed."""
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except OSError as error:
        raise InputError(f"cannot read {folder}: {error.strerror}") from error
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if depth:
                yield from walk(path, depth - 1)
        else:
            yield path


def missing(folder: Path) -> InputError:
    help = "run `mlci run` here first, or name the folder a run's records lie in: --records FOLDER"
    return InputError(f"there are no records: {folder} is not a folder", help=help)
