"""The store: bundles and records by key, in a folder or behind any fsspec URL, for this machine or a team.

A bundle lies under `objects/` by its own digest; what a key stands for is a small entry under `keys/` that
names the bundle and is written last. So a reader meets a whole entry or none, and writers never hinder
each other. A store that is damaged or out of reach costs a warning and the time to run the stage, no more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from mlci.engine.bundle import NAME, Packed
from mlci.engine.record import Record, parse

FORMAT = "mlci-store/1"
KEYS = "keys"
OBJECTS = "objects"
MAX_ENTRY = 64 * 2**20
YOUNG = 3600.0
"""Seconds for which a bundle without an entry is kept: its entry may be about to be written."""

T = TypeVar("T")


class Item(NamedTuple):
    """One file of a store."""

    path: str
    size: int
    age: float
    """Seconds since it was written or last used."""


class Shelf(Protocol):
    """Where a store's files lie: a folder, or a bucket."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a small file, None when it is not there."""

    def fetch(self, path: str, target: Path) -> bool:
        """Copy a file to this machine; False when it is not there."""

    def send(self, source: Path, path: str) -> None:
        """Copy a file there, whole or not at all; one that is there already may stay."""

    def write(self, path: str, data: bytes) -> None:
        """Write a small file, whole or not at all."""

    def touch(self, path: str) -> None:
        """Note that a file was used."""

    def items(self, folder: str) -> Iterable[Item]:
        """List all files below a folder."""

    def delete(self, path: str) -> None:
        """Remove a file, if it is there."""

    def place(self, path: str) -> Path | None:
        """Return where a file lies on this machine, None when it is elsewhere."""


class Entry(NamedTuple):
    """What a key stands for."""

    record: Record
    digest: str
    """Of the bundle."""
    size: int


class Found(NamedTuple):
    """What the store has for a key."""

    record: Record
    bundle: Path


class Store:
    """Bundles by key.

    Parameters
    ----------
    shelf : where they lie
    name : what to call it in messages
    warn : shows a warning
    """

    def __init__(self, shelf: Shelf, name: str, warn: Callable[[str], None]) -> None:
        self.shelf = shelf
        self.name = name
        self.warn = warn
        self.down = False

    def get(self, key: str, folder: Path) -> Found | None:
        """Fetch what a key stands for into a folder; None when the store has nothing sound for it."""
        return self.guard("read", lambda: self.fetch(key, folder))

    def put(self, record: Record, packed: Packed) -> bool:
        """Keep a bundle under its record's key; tell whether that succeeded."""
        return bool(self.guard("written to", lambda: self.keep(record, packed)))

    def guard(self, verb: str, work: Callable[[], T | None]) -> T | None:
        """Do something with the store; when it fails, warn once and go on without the store."""
        if self.down:
            return None
        try:
            return work()
        except Exception as error:  # any file system may stand behind fsspec, with errors of its own
            self.down = True
            said = str(error).partition("\n")[0] or type(error).__name__
            self.warn(f"the store {self.name} cannot be {verb}, going on without it: {said}")
            return None

    def entry(self, key: str) -> Entry | None:
        """Return what a key stands for; None when the store has nothing sound for it."""
        return self.guard("read", lambda: self.look(key))

    def start(self, entry: Entry, count: int) -> bytes:
        """Return the first bytes of a bundle, which begins with its manifest."""
        return self.guard("read", lambda: self.shelf.read(object_path(entry.digest), count)) or b""

    def place(self, entry: Entry) -> Path | None:
        """Return where a bundle lies on this machine, None when it is elsewhere."""
        return self.shelf.place(object_path(entry.digest))

    def look(self, key: str) -> Entry | None:
        """Read a sound entry."""
        text = self.shelf.read(entry_path(key), MAX_ENTRY)
        if text is None:
            return None
        try:
            said = json.loads(text)
            record = parse(json.dumps(said["record"]))
            digest, size = str(said["bundle"]), int(said["size"])
        except (ValueError, TypeError, KeyError, RecursionError):
            record, digest, size = None, "", 0
        if record is None or record.key != key or not record.done or not plain_digest(digest):
            self.damaged(f"its entry for key {key[:12]} is damaged")
            return None
        return Entry(record, digest, size)

    def fetch(self, key: str, folder: Path) -> Found | None:
        """Fetch a sound entry and its bundle."""
        entry = self.look(key)
        if entry is None:
            return None
        record, digest, size = entry
        target = folder / NAME
        if not self.shelf.fetch(object_path(digest), target):
            self.damaged(f"the bundle for key {key[:12]} is missing")
            return None
        if target.stat().st_size != size or digest_of(target) != digest:
            target.unlink()
            self.shelf.delete(object_path(digest))
            self.damaged(f"the bundle for key {key[:12]} is damaged")
            return None
        self.shelf.touch(entry_path(key))
        return Found(record, target)

    def damaged(self, what: str) -> None:
        """Warn of damage; the stage runs as if the store had nothing."""
        self.warn(f"in the store {self.name}, {what}; the stage runs again")

    def keep(self, record: Record, packed: Packed) -> bool:
        self.shelf.send(packed.path, object_path(packed.sha256))
        said = {"format": FORMAT, "bundle": packed.sha256, "size": packed.size}
        entry = json.dumps({**said, "record": json.loads(record.text())})
        self.shelf.write(entry_path(record.key), entry.encode())
        return True

    def prune(self, keep_bytes: int) -> int:
        """Keep what was used last, as far as it fits; return the bytes freed.

        Raises
        ------
        OSError : the store is out of reach
        """
        objects = {item.path: item for item in self.shelf.items(OBJECTS)}
        kept: set[str] = set()
        dropped: set[str] = set()
        total = 0
        for entry in sorted(self.shelf.items(KEYS), key=lambda item: item.age):
            path = self.names(entry.path)
            size = objects[path].size if path in objects and path not in kept else 0
            if path not in objects or total + entry.size + size > keep_bytes:
                self.shelf.delete(entry.path)
                dropped.add(path)
                continue
            kept.add(path)
            total += entry.size + size
        # A young bundle that no entry has named yet may belong to a writer at work right now.
        loose = [item for path, item in objects.items() if path not in kept]
        gone = [item for item in loose if item.path in dropped or item.age > YOUNG]
        for item in gone:
            self.shelf.delete(item.path)
        return sum(item.size for item in gone)

    def names(self, path: str) -> str:
        """Return the bundle that an entry names; "" when it is damaged."""
        try:
            return object_path(str(json.loads(self.shelf.read(path, MAX_ENTRY) or b"")["bundle"]))
        except (ValueError, TypeError, KeyError):
            return ""


def entry_path(key: str) -> str:
    return f"{KEYS}/{key[:2]}/{key}.json"


def object_path(digest: str) -> str:
    return f"{OBJECTS}/{digest[:2]}/{digest}.tar"


def plain_digest(text: str) -> bool:
    """Tell whether a text is a SHA-256 in hex, and so a safe file name."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_store(address: str, root: Path, warn: Callable[[str], None]) -> Store:
    """Return the store at a folder of the workspace, or at a URL such as s3://bucket/folder.

    Opening reaches for nothing; a store out of reach is noticed, and told, at its first use.
    """
    scheme, mark, rest = address.partition("://")
    if not mark or scheme == "file":
        from mlci.engine.folder_shelf import FolderShelf

        return Store(FolderShelf(root / (rest if mark else address)), address, warn)
    from mlci.engine.remote_shelf import RemoteShelf

    return Store(RemoteShelf(address), address, warn)
