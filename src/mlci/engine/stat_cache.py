"""Digests remembered by what `stat` says, so that what has not changed is not read again.

A file changed within one tick of the clock keeps its times. So each digest carries a stamp, the file system's
own clock before reading began, and is believed only while the file's times are older than that stamp.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mlci.engine.light import allocate_lock, blake2b
from mlci.engine.tree import State, stat_of, survey
from mlci.errors import InputError

if TYPE_CHECKING:
    from mlci.models.digest import Digest

TREES = "trees.json"
FILES = "files.json"
STAMP = "clock"
TICK = 0.002
"""Seconds; a pause after which most clocks have moved on."""
OTHER_CLOCK = 2 * 10**9
"""Nanoseconds that two file systems' clocks, or a coarse one, may be apart."""

Note = Callable[[str], None]


class Tree(NamedTuple):
    """A path's digest, and the state it was in."""

    mark: str
    stamp: int
    comparable: str


class StatCache:
    """Digests of the workspace's files and folders.

    Parameters
    ----------
    root : the workspace
    folder : where the cache lies
    note : told when the cache was damaged
    """

    def __init__(self, root: Path, folder: Path, note: Note) -> None:
        self.root = str(root)
        self.folder = folder
        self.note = note
        self.lock = allocate_lock()
        self.trees: dict[str, Tree] = {name: Tree(*row) for name, row in self.load(TREES).items()}
        self.dirty = False
        self.store: dict[str, Any] | None = None

    def digest(self, relative: str) -> str:
        """Return the comparable digest of a path of the workspace.

        Raises
        ------
        InputError : the path is missing, unreadable, or leaves the workspace
        """
        known = self.known(relative)
        return known if known is not None else self.read(relative).comparable

    def known(self, relative: str) -> str | None:
        """Return a path's digest if nothing has changed since it was taken."""
        name = relative.rstrip("/")
        row = self.trees.get(name)
        if row is None:
            return None
        try:
            state = survey(f"{self.root}/{name}")
        except OSError:
            return None
        return row.comparable if state.mark == row.mark and self.older(state, row.stamp) else None

    def read(self, relative: str) -> Digest:
        """Digest a path file by file; files that have not changed are not read."""
        from mlci.models.digest import digest_path, place

        name = relative.rstrip("/")
        place(Path(self.root), name)  # or all that a link to elsewhere leads to would be looked through
        with self.lock:
            files = self.files
            state, stamp = self.settle(f"{self.root}/{name}")
            known: dict[str, str] = files["known"]
            try:
                found = digest_path(
                    Path(self.root), name, hash_file=lambda path: self.hash(str(path), stamp), known=known
                )
            except UnicodeEncodeError as error:
                listing, at = str(error.object), error.start
                wrong = listing[listing.rfind("\n", 0, at) + 1 :].partition("\0")[0]
                raise InputError(
                    f"'{name}' holds a file whose name is not UTF-8: {wrong!r}", help="rename it"
                ) from error
            if state is not None:
                self.trees[name] = Tree(state.mark, stamp, found.comparable)
            self.dirty = True
        return found

    def outside(self, path: str, digest: Callable[[], str]) -> str:
        """Return the digest of a folder beyond the workspace, taken anew when its state has changed."""
        row = self.trees.get(path)
        state, stamp = survey(path), 0
        if row is not None and state.mark == row.mark and state.newest + OTHER_CLOCK < row.stamp:
            return row.comparable
        with self.lock:
            stamp = self.clock()
            self.trees[path] = Tree(state.mark, stamp, digest())
            self.dirty = True
            return self.trees[path].comparable

    def hash(self, path: str, stamp: int) -> str:
        """Return the SHA-256 of a file, read only when it may have changed."""
        from mlci.models.digest import hash_bytes

        stat, rows = stat_of(path), self.files["rows"]
        name = path[len(self.root) + 1 :]
        row = rows.get(name)
        if row is not None and tuple(row[:4]) == stat and stat.newest < row[4]:
            return str(row[5])
        found = hash_bytes(Path(path))
        rows[name] = [*stat, stamp, found]
        return found

    def settle(self, path: str) -> tuple[State | None, int]:
        """Return a path's state and a stamp, at best one that is later than its last change."""
        stamp = self.clock()
        try:
            state = survey(path)
            for _ in range(4):
                if self.older(state, stamp) or state.newest - stamp > OTHER_CLOCK:
                    break
                time.sleep(TICK)
                stamp = self.clock()
                state = survey(path)
        except OSError:
            return None, stamp  # digest_path says what is wrong with it
        return state, stamp

    def older(self, state: State, stamp: int) -> bool:
        """Tell whether a path last changed before a stamp."""
        slack = 0 if state.device == self.device else OTHER_CLOCK
        return state.newest + slack < stamp

    def clock(self) -> int:
        """Return the time as the cache's file system tells it, in ns."""
        path = self.folder / STAMP
        try:
            os.utime(path)
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.touch()
            os.utime(path)
        return path.stat().st_mtime_ns

    @property
    def device(self) -> int:
        """The file system the cache's clock belongs to."""
        return self.folder.stat().st_dev

    @property
    def files(self) -> dict[str, Any]:
        """The digests of single files and the identities of models; read when first needed."""
        if self.store is None:
            self.store = {"rows": {}, "known": {}} | self.load(FILES)
        return self.store

    def load(self, name: str) -> dict[str, Any]:
        """Read one of the cache's files; a damaged one is as good as none."""
        try:
            text = (self.folder / name).read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.note(f"cannot read the cache of file digests ({error.strerror}); files are read again")
            return {}
        check, _, body = text.partition(b"\n")
        if blake2b(body, digest_size=16).hexdigest().encode() != check:
            self.note("the cache of file digests was damaged; it is rebuilt")
            return {}
        return dict(json.loads(body))

    def save(self) -> None:
        """Write what has changed, each file whole or not at all."""
        if not self.dirty:
            return
        from mlci.files import write_atomic

        with self.lock:
            written = {TREES: self.trees} | ({} if self.store is None else {FILES: self.kept(self.store)})
            for name, content in written.items():
                body = json.dumps(content, separators=(",", ":")).encode()
                check = blake2b(body, digest_size=16).hexdigest().encode()
                write_atomic(self.folder / name, check + b"\n" + body)
            self.dirty = False

    def kept(self, store: dict[str, Any]) -> dict[str, Any]:
        """Drop the files that are gone, or the cache would only grow."""
        rows = {name: row for name, row in store["rows"].items() if os.path.lexists(f"{self.root}/{name}")}
        return {"rows": rows, "known": store["known"]}
