"""The JSON files among what a job made: in its bundle, or in the workspace as the job left it.

Nothing is believed unverified: a file of a bundle has the digest that its manifest lists, and the manifest
has the outputs of the record; a file of the workspace has the record's digest.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from mlci.engine.bundle import CHUNK, PREFIX, Manifest, members
from mlci.engine.record import Record
from mlci.engine.unpack import manifest_of, plain
from mlci.errors import InputError
from mlci.models.digest import place
from mlci.report.direction import arguments
from mlci.report.held import Held

MAX_BYTES = 8 * 2**20
"""Of one file."""
MAX_FILES = 50
"""Of one job."""
MAX_MANIFEST = 64 * 2**20
MAX_LISTED = 10_000
"""How many files of a folder are looked at."""

Digest = Callable[[str], str]
"""Returns the comparable digest of a path of the workspace."""


class Document(NamedTuple):
    """A JSON file."""

    path: str
    data: Any


def of_job(held: Held, root: Path | None, digest: Digest) -> list[Document]:
    """Return the JSON files of a job: its outputs, and those right below its output folders.

    Parameters
    ----------
    held : the record, and its bundle where there is one
    root : the workspace; None when there is none
    digest : digests a path of the workspace
    """
    found = dict(bundled(held))
    if not found and root is not None:
        found = dict(lying(held.record, root, digest))
    return [Document(path, data) for path, text in found.items() if (data := read_json(text)) is not None]


def read_json(text: bytes) -> Any:
    """Return what a file holds; None when it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def wanted(path: str, record: Record) -> bool:
    """Tell whether a path is a JSON file that a record names, or that lies right below an output folder."""
    if not path.endswith(".json"):
        return False
    return path in record.outputs or PurePosixPath(path).parent.as_posix() in record.outputs


def bundled(held: Held) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON files of a job's bundle; of a damaged one, none."""
    path = held.bundle
    if path is None or not path.is_file():
        return
    try:
        with tarfile.open(path, mode="r:", bufsize=CHUNK) as tar:
            every = members(tar)
            first = next(every, None)
            if first is None or first.size > MAX_MANIFEST:
                return
            manifest = manifest_of(tar, first, path)
            if dict(manifest.outputs) == dict(held.record.outputs):
                yield from picked(tar, every, manifest, held.record)
    except (tarfile.TarError, ValueError, OSError, RecursionError, OverflowError, InputError):
        return


def picked(
    tar: tarfile.TarFile, every: Iterator[tarfile.TarInfo], manifest: Manifest, record: Record
) -> Iterator[tuple[str, bytes]]:
    """Yield the files that are wanted and are what the manifest lists; stop when there are no more."""
    left = [name for name, row in manifest.files.items() if wanted(name, record) and row.size <= MAX_BYTES]
    names = set(left[:MAX_FILES])
    for member in every:
        name = member.name.removeprefix(PREFIX)
        if name not in names or not plain(member) or member.size != manifest.files[name].size:
            continue
        content = tar.extractfile(member)
        text = b"" if content is None else content.read()
        if hashlib.sha256(text).hexdigest() == manifest.files[name].sha256:
            yield name, text
        names.discard(name)
        if not names:
            return


def lying(record: Record, root: Path, digest: Digest) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON files of the workspace that are as the job left them."""
    for path, expected in (*record.outputs.items(), *history(record)):
        try:
            start = place(root, path)
            if start.is_dir():
                yield from inside(start, path, expected, digest)
            elif path.endswith(".json") and (text := content(start)) is not None and digest(path) == expected:
                yield path, text
        except (InputError, OSError, ValueError):
            continue


def history(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the history that a check of a training has read, which may be the work of no job of mlci's."""
    path = arguments(record).get("history")
    if record.command.get("uses") == "train-check" and isinstance(path, str) and path in record.inputs:
        yield path, record.inputs[path]


def inside(folder: Path, path: str, expected: str, digest: Digest) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON files right below an output folder, if it is as the job left it."""
    with os.scandir(folder) as listing:
        names = sorted(entry.name for entry, _ in zip(listing, range(MAX_LISTED), strict=False))
    chosen = [name for name in names if name.endswith(".json")][:MAX_FILES]
    if chosen and digest(path) == expected:
        for name in chosen:
            text = content(folder / name)
            if text is not None:
                yield f"{path}/{name}", text


def content(path: Path) -> bytes | None:
    """Return what a small file holds; None for anything else."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    return path.read_bytes()
