"""What jobs hand on: the workflow's workspace, in layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

from mlci.parity.stores import copy, files_in
from mlci.vendors.circleci.runner.failure import StepFailure


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
