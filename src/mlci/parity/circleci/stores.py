"""What jobs hand on and keep: the workflow's workspace in layers, caches by key, artifacts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock

from mlci.parity.circleci.failure import StepFailure


def copy(source: Path, target: Path) -> None:
    """Copy a file or folder over what is there; links stay links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        target.unlink(missing_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)


def files_in(folder: Path) -> Iterator[str]:
    """Yield the files below a folder, by their paths in it."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()


class Workspaces:
    """A workflow's workspace: each job adds a layer, and gets those of the jobs before it.

    Parameters
    ----------
    folder : where layers are kept
    before : job -> every job before it, each after its own
    """

    def __init__(self, folder: Path, before: Mapping[str, Sequence[str]]) -> None:
        self.folder = folder
        self.before = before
        self.layers: dict[str, Path] = {}
        self.lock = Lock()

    def persist(self, job: str, root: Path, patterns: Sequence[str]) -> int:
        """Add files to a job's layer; return how many places matched.

        Raises
        ------
        StepFailure : a pattern matches nothing, or leaves the root
        """
        layer = self.layer(job)
        count = 0
        for pattern in patterns:
            if pattern.startswith(("/", "~")) or ".." in Path(pattern).parts:
                raise StepFailure(f"'{pattern}' is not inside the workspace's root")
            found = sorted(root.glob(pattern))
            if not found:
                raise StepFailure(f"the path '{pattern}' did not match any files in {root}")
            for path in found:
                copy(path, layer / path.relative_to(root))
            count += len(found)
        return count

    def layer(self, job: str) -> Path:
        """Return the folder of a job's layer."""
        with self.lock:
            if job not in self.layers:
                self.layers[job] = self.folder / str(len(self.layers))
                self.layers[job].mkdir(parents=True)
            return self.layers[job]

    def attach(self, job: str, at: Path) -> int:
        """Copy the layers of the jobs before into a folder; return how many there were.

        Raises
        ------
        StepFailure : two jobs, neither before the other, have handed on the same file
        """
        makers = [each for each in self.before[job] if each in self.layers]
        self.check(makers)
        at.mkdir(parents=True, exist_ok=True)
        for maker in makers:
            copy(self.layers[maker], at)
        return len(makers)

    def check(self, makers: Sequence[str]) -> None:
        """Refuse files that come from two jobs side by side."""
        owners: dict[str, str] = {}
        for maker in makers:
            for path in files_in(self.layers[maker]):
                other = owners.get(path)
                if other is not None and other not in self.before[maker]:
                    raise StepFailure(f"'{other}' and '{maker}' ran side by side and both handed on {path}")
                owners[path] = maker


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
