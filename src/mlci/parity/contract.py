"""What parity asks of a vendor: which jobs its files would run for an event, and to run them here.

Both read the vendor's own rendered files, never mlci.yaml, so that a wrong template or a hand edit shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from mlci.engine.stop import Stop

Status = Literal["passed", "failed", "skipped", "withheld", "unreached", "timed-out", "interrupted"]
"""skipped: its conditions do not hold; withheld: an approval before it was not given; unreached: something
before it failed; interrupted: a signal ended it, so that nobody knows what would have become of it."""
BAD = frozenset({"failed", "timed-out", "interrupted"})
"""How a job ends that ran, and did not pass."""


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
    head: str = "change"
    """A pull request's own branch."""
    default: str = "main"
    """The repository's default branch."""
    selected: Mapping[str, Mapping[str, bool]] = {}
    """What `mlci select` answers in such a run: workflow -> question -> whether it holds; for `plan`, as
    `perform` runs it."""


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
    """What became of one job.

    A job whose conditions do not hold is skipped; one after something that failed is unreached, also when an
    approval before it is withheld.
    """

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
    """The environment its `mlci exec` was given by the vendor's file: what the file sets, in whatever way;
    the vendor's own variables, the machine's and secrets left out."""
    secrets: tuple[str, ...]
    """Names of the secrets that the vendor's file put into its environment; those that the vendor gives every
    job, whatever its file says, are left out."""
    log: Path
    """All it printed, nothing masked."""
    command: tuple[str, ...] = ()
    """The words of its `mlci exec …`, as it was called."""
    calls: int = 1
    """How often it called `mlci exec`."""
    apart: Mapping[str, str] = {}
    """Compared values that this vendor cannot have alike -> why: "context.event"."""


class Lack(NamedTuple):
    """A program that is needed and is not here."""

    program: str
    help: str


class Setting(NamedTuple):
    """Where and how a vendor's files are run."""

    clone: Callable[[str], Path]
    """Makes a clean checkout of the commit in a folder of that name, and returns it."""
    proof: str
    """The random id of the proof that this is part of: no other one, on this machine or elsewhere, has it."""
    scratch: Path
    """A folder of this vendor alone, for workspaces, caches, artifacts and logs: nothing of these may hold a
    secret. What only a job itself sees lies in `machines` in it."""
    python: Path
    """The interpreter of the prepared environment, whose folder comes first on every job's PATH."""
    secrets: Mapping[str, str]
    event: Event
    jobs: int
    """How many jobs may run at a time."""
    timeout: float
    """Seconds after which a job is ended with its whole process group."""
    say: Callable[[str], None]
    """Shows one line of progress."""
    tools: Path = Path()
    """A folder that comes before all others on a job's PATH: its `mlci` notes each call, then runs mlci
    (`mlci.parity.witness`)."""
    held: Mapping[str, str] = {}
    """Secret -> the deployment environment (context, credential's folder) that alone has it; others are the
    project's."""
    commit: str = ""
    """The commit that is run; `base` the one before the change, "" when all there is has changed."""
    base: str = ""
    bare: bool = True
    """Whether a job's environment has nothing until it installs something; a pipeline that installs nothing
    counts on its images (`mlci.parity.prepared`)."""
    slot: Callable[[], AbstractContextManager[object]] = nullcontext
    """Entered for as long as a job runs; all vendors together have `jobs` of them."""
    stop: Stop | None = None
    """A wish to end early."""
    substitutes: Mapping[str, Path] = {}
    """What runs in place of the units of others, by the name a file gives them, without a version: the folder
    of an action's repository, the file of an orb."""

    def mark(self, name: str) -> str:
        """Return the mark of all processes of one machine, or of one program that runs a whole file."""
        return f"{self.proof}/{self.scratch.name}/{name}"


class Performer(Protocol):
    """A vendor's module in `mlci.parity`; its ID is the vendor's."""

    ID: str

    def lacks(self) -> Sequence[Lack]:
        """Return the programs that are missing here."""

    def versions(self) -> Mapping[str, str]:
        """Return the programs that read and run the files -> their versions; {} when it is mlci itself."""

    def plan(self, files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
        """Read the vendor's files and tell which jobs the event runs; refuse what it does not know."""

    def perform(self, files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
        """Run the vendor's files here."""
