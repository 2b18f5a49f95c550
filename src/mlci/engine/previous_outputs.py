"""Puts what lies at a job's outputs out of the way, so that it can come back if the work does not succeed.

Whatever happens in between, even an end without warning, the workspace gets the old files back or keeps the
new ones, whole: what is aside is listed before it is moved, and only a finished job lets go of it.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from mlci.errors import EnvironmentLacks, InputError
from mlci.files import IGNORED
from mlci.language.config import RESERVED

JOURNAL = "moved.json"
GONE, UNPACK = "+gone", "+unpack"
"""What follows a job's id in the name of a folder to let go of, or that a bundle replaces; no id holds it."""


class PreviousOutputs:
    """What one job has moved out of the way.

    Parameters
    ----------
    root : the workspace
    folder : where the old files wait, on the same disk
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self.paths: tuple[str, ...] = ()
        self.keep: frozenset[str] = frozenset()
        self.moved: list[str] = []

    def take(self, paths: Iterable[str], keep: Collection[str] = ()) -> None:
        """Move what lies at some paths aside, but for the files to keep.

        Raises
        ------
        InputError : a path is the workspace itself, or leads out of it
        EnvironmentLacks : the disk is full, or the files may not be moved
        """
        self.paths = tuple(checked(self.root, path) for path in paths)
        self.keep = frozenset(keep)
        self.moved = [part for path in self.paths for part in self.parts(path)]
        if not self.moved:
            return
        from mlci.files import write_atomic

        said = {"paths": self.paths, "keep": sorted(self.keep), "moved": self.moved}
        write_atomic(self.folder / JOURNAL, json.dumps(said))
        for path in self.moved:
            move(self.root / path, self.folder / "old" / path)

    def parts(self, path: str) -> Iterator[str]:
        """Yield what to move: a path whole, or of a folder all but what is kept."""
        place = self.root / path
        if not os.path.lexists(place):
            return
        if not any(kept == path or kept.startswith(f"{path}/") for kept in self.keep):
            yield path
        elif place.is_dir() and not place.is_symlink() and path not in self.keep:
            for name in sorted(os.listdir(place)):  # noqa: PTH208 - names only
                if name not in IGNORED:
                    yield from self.parts(f"{path}/{name}")

    def clear(self, but: Collection[str] = ()) -> None:
        """Remove what lies at the paths now, but for some of them."""
        for path in self.paths:
            if not within(path, but):
                for part in list(self.parts(path)):
                    remove(self.root / part)

    def restore(self, but: Collection[str] = ()) -> None:
        """Bring back what was moved, in place of whatever has come since; `but` not these paths."""
        if self.moved:
            self.clear(but)
        for path in self.moved:
            old, place = self.folder / "old" / path, self.root / path
            if os.path.lexists(old) and not (within(path, but) and os.path.lexists(place)):
                remove(place)
                move(old, place)
        self.forget()

    def forget(self) -> None:
        gone = self.folder.with_name(f"{self.folder.name}{GONE}")
        remove(gone)
        if self.folder.exists():
            # One rename is the moment after which the old files do not come back.
            self.folder.replace(gone)
            remove(gone)
        self.moved = []


def recover(root: Path, folder: Path, job_id: str | None = None) -> tuple[str, ...]:
    """Bring back what jobs that were killed had moved aside; return the jobs' ids.

    Parameters
    ----------
    root : the workspace
    folder : the folder of all jobs' aside folders
    job_id : the one job to look at, None for all
    """
    if not folder.is_dir():
        return ()
    found = []
    for each in sorted(folder.iterdir()):
        if each.name.endswith(GONE):
            remove(each)
        elif job_id is None or each.name in (job_id, f"{job_id}{UNPACK}"):
            aside = PreviousOutputs(root, each)
            read_journal(aside)
            aside.restore()
            found.append(each.name.removesuffix(UNPACK))
    return tuple(found)


def read_journal(aside: PreviousOutputs) -> None:
    """Read what was to be moved; a journal that was never finished means that nothing was."""
    try:
        said = json.loads((aside.folder / JOURNAL).read_bytes())
        lists = {name: [checked(aside.root, each) for each in said[name]] for name in ("paths", "moved")}
        keep = frozenset(map(str, said["keep"]))
    except (OSError, ValueError, TypeError, KeyError):
        return
    # What had not been moved yet is still the old one: it stays.
    moved = [path for path in lists["moved"] if os.path.lexists(aside.folder / "old" / path)]
    unmoved = frozenset(lists["moved"]) - frozenset(moved)
    aside.paths, aside.moved, aside.keep = tuple(lists["paths"]), moved, keep | unmoved


def checked(root: Path, path: str) -> str:
    """Return a path of the workspace without its slash; refuse one that must never be replaced.

    Raises
    ------
    InputError : it is the workspace itself, holds mlci's own files, or a symbolic link on the way leads out
    """
    name = os.path.normpath(path).replace(os.sep, "/")
    parts = name.split("/")
    if name in (".", "") or name.startswith(("/", "..")) or parts[0] in RESERVED:
        raise InputError(f"'{path}' cannot be an output", help="name a folder or file of its own")
    above = (root / name).parent.resolve()
    if not above.is_relative_to(root.resolve()):
        raise InputError(
            f"the output '{path}' leads out of the repository", help="a folder above it is a symbolic link"
        )
    return name


def within(path: str, tops: Collection[str]) -> bool:
    """Tell whether a path is one of some paths, or lies below one."""
    names = [top.rstrip("/") for top in tops]
    return any(path == top or path.startswith(f"{top}/") for top in names)


def move(source: Path, target: Path) -> None:
    """Move a file or folder; a rename, unless it is another disk."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.rename(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            import shutil

            shutil.move(source, target)
    except OSError as error:
        raise EnvironmentLacks(
            f"cannot move {source} out of the way: {error.strerror}",
            help="free some space, or mend the permissions",
        ) from error


def remove(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        import shutil

        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
