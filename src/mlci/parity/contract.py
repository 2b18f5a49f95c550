"""What parity asks of a vendor: which jobs its files would run for an event, and to run them here.

Both read the vendor's own rendered files, never mlci.yaml, so that a wrong template or a hand edit shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

Status = Literal["passed", "failed", "skipped", "withheld", "unreached", "timed-out"]
"""skipped: its conditions do not hold; withheld: an approval before it was not given; unreached: something
before it failed."""


class Event(NamedTuple):
    """What happens in the repository."""

    name: str = "push"
    """push, pull_request, schedule, tag or manual."""
    branch: str = "main"
    """The branch pushed to or scheduled on; a pull request's target."""
    tag: str = ""
    changed: tuple[str, ...] | None = None
    """Paths that changed; None when not said, then all count as changed."""
    workflow: str = ""
    """The workflow started by hand or by the clock; "" for any whose trigger holds."""
    inputs: Mapping[str, str] = {}
    approved: tuple[str, ...] = ()
    """Approvals that are given."""


class Planned(NamedTuple):
    """One job or approval of the vendor's files, and whether an event runs it."""

    workflow: str
    id: str
    """The job's id in mlci's words: what its `mlci exec` works on; a matrix's instances one by one."""
    needs: tuple[str, ...]
    runs: bool
    why: str = ""
    """Why it does not run."""
    approval: bool = False


class Ran(NamedTuple):
    """What became of one job."""

    workflow: str
    id: str
    status: Status
    exit_status: int | None
    began: float
    """Seconds since the epoch; 0 when it did not run."""
    ended: float
    record: Mapping[str, object] | None
    """The record.json it handed on."""
    saw: Mapping[str, str]
    """The environment its `mlci exec` was given by the vendor's file, MLCI_* and what the file sets."""
    secrets: tuple[str, ...]
    """Names of the secrets that were in its environment."""
    log: Path


class Lack(NamedTuple):
    """A program that is needed and is not here."""

    program: str
    help: str


class Setting(NamedTuple):
    """Where and how a vendor's files are run."""

    clone: Callable[[str], Path]
    """Makes a clean checkout of the commit in a folder of that name, and returns it."""
    scratch: Path
    """A folder of this vendor alone, for workspaces, caches, artifacts and logs."""
    python: Path
    """The interpreter of the prepared environment, whose folder comes first on every job's PATH."""
    secrets: Mapping[str, str]
    event: Event
    jobs: int
    """How many jobs may run at a time."""
    timeout: float
    """Seconds after which a job is ended with its whole process group."""
    say: Callable[[str], None]


class Performer(Protocol):
    """A vendor's module in `mlci.parity`; its ID is the vendor's."""

    ID: str

    def lacks(self) -> Sequence[Lack]:
        """Return the programs that are missing here."""

    def plan(self, files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
        """Read the vendor's files and tell which jobs the event runs; refuse what it does not know."""

    def perform(self, files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
        """Run the vendor's files here."""
