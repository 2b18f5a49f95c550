"""Where mlci's reusable units are had from: what `mlci:` in mlci.yaml names."""

from __future__ import annotations

import re
from typing import NamedTuple

from mlci import __version__

REPOSITORY = "mlci/mlci"
TAG = f"v{__version__}"
"""The ref of this release."""
NAMED = r"mlci(?:\[(?P<extras>[A-Za-z0-9,_-]+)\])?"
RELEASED = re.compile(NAMED + r"==(?P<version>[0-9][A-Za-z0-9.]*)")
COMMITTED = re.compile(
    rf"(?:{NAMED}@)?git\+https://github\.com/"
    r"(?P<repository>[A-Za-z0-9_.-]+/[A-Za-z0-9_-]+)(?:\.git)?@(?P<commit>[0-9a-f]{40})"
)


class Source(NamedTuple):
    """One state of mlci's repository."""

    repository: str
    ref: str
    """A release's tag, `v0.1.0`, or a commit."""
    version: str
    """The release, `0.1.0`; of a commit the one whose units this mlci knows."""
    extras: str = ""
    """Extras of mlci that are wanted, apart by commas."""

    @property
    def pinned(self) -> bool:
        """Whether it can never change: a commit cannot, a tag can be moved."""
        return self.ref != f"v{self.version}"


def source(mlci: str) -> Source | None:
    """Return what `mlci:` names; None where units cannot be had from, as for a wheel in the repository.

    Parameters
    ----------
    mlci : `mlci==0.1.0`, `git+https://github.com/OWNER/NAME@COMMIT`, or "" for this release
    """
    if not mlci:
        return Source(REPOSITORY, TAG, __version__)
    if found := RELEASED.fullmatch(mlci):
        return Source(REPOSITORY, f"v{found['version']}", found["version"], found["extras"] or "")
    if found := COMMITTED.fullmatch(mlci):
        return Source(found["repository"], found["commit"], __version__, found["extras"] or "")
    return None
