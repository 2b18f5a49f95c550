"""What a target is: a class with four methods whose constructor's keywords are the target's keys.

A target type is `class Local: def __init__(self, site: Site, *, path: str, keep: int = 5) -> None`. The keys
that `targets:` may hold, their types and the reference page are read off that signature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mlci.deploy.package import Package


@dataclass(frozen=True)
class Site:
    """What a target is given besides its options."""

    name: str
    """The target's name in mlci.yaml."""
    root: Path
    """The workspace; relative paths start here."""
    environ: Mapping[str, str]
    """Where secrets are found by name."""
    context: Mapping[str, str]
    """MLCI_COMMIT, MLCI_RUN_ID, MLCI_ACTOR, … for the history."""
    say: Callable[[str], None]
    """Shows one line of progress."""


@dataclass(frozen=True)
class Deployed:
    """What a deployment or rollback came to."""

    model: str
    version: int
    """The version that is served now."""
    previous: int | None
    """The version that was served before."""
    changed: bool
    """False when there was nothing to do."""
    where: str
    """The place, for people."""


@dataclass(frozen=True)
class Status:
    """What is deployed."""

    model: str
    version: int | None
    """The version that is served; None when there is none."""
    versions: tuple[int, ...]
    """Versions in production, oldest first."""
    retired: tuple[int, ...]
    """Versions taken back that can be had again, oldest first."""
    history: tuple[Mapping[str, Any], ...]
    """What happened, oldest first: at, event, version, previous, identity, commit, run, actor."""


class Target(Protocol):
    """A place a packaged model is deployed to."""

    url: str | None
    """Where its server answers, such as http://127.0.0.1:8501; None when that is not known."""

    def deploy(self, package: Package) -> Deployed:
        """Put a package into production; again with an equal one, nothing changes."""
        ...

    def status(self, model: str | None = None) -> Status:
        """Tell what is deployed; `model` is needed when the place holds several."""
        ...

    def rollback(self, to: int | None = None, model: str | None = None) -> Deployed:
        """Serve an earlier version again: the one before, or `to`."""
        ...

    def fetch(self, into: Path, model: str | None = None) -> Path:
        """Copy the version in production below `into` and return its folder."""
        ...
