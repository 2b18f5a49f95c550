"""What jobs keep for later ones: copies of files, and caches by key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock


def copy(source: Path, target: Path) -> None:
    """Copy a file or folder over what is there; links stay links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        target.unlink(missing_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)


def files_in(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()


class Caches:
    """Caches by key; a key is never written again, the newest of those that begin so is found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: dict[str, list[tuple[Path, Path]]] = {}
        self.lock = Lock()

    def save(self, key: str, paths: Sequence[Path], home: Path) -> bool:
        """Keep what is there of some paths, those in the home folder by their place in it.

        Returns
        -------
        bool, False when the key is taken or nothing is there
        """
        there = [path for path in paths if path.exists()]
        with self.lock:
            if key in self.kept or not there:
                return False
            where = self.folder / str(len(self.kept))
            self.kept[key] = []
            for at, path in enumerate(there):
                copy(path, where / str(at))
                inside = path.relative_to(home) if path.is_relative_to(home) else path
                self.kept[key].append((inside, where / str(at)))
        return True

    def restore(self, keys: Sequence[str], home: Path) -> str | None:
        """Put back the newest cache of the first key that any begins with; return that cache's key."""
        with self.lock:
            for wanted in keys:
                for key in reversed(self.kept):
                    if key.startswith(wanted):
                        for inside, kept in self.kept[key]:
                            copy(kept, home / inside)
                        return key
        return None
