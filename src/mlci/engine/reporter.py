"""What a run tells while it goes on, and who listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from mlci.engine.execute import Result
    from mlci.planning.plan import Plan

State = Literal[
    "done",  # it ran, and its work is done
    "restored",  # the store had its outputs
    "current",  # it was up to date
    "approved",  # a person said yes
    "skipped",  # its conditions do not hold
    "failed",  # its work failed, or it could not begin
    "allowed",  # it failed, and may
    "blocked",  # something it needs did not succeed
    "waiting",  # nobody said yes yet
    "unstarted",  # the run ended before its turn
    "would-run",  # in a dry run
]


class Outcome(NamedTuple):
    """How a run ended."""

    states: Mapping[str, State]
    """Each job, instance and approval -> what became of it, in order."""
    results: Mapping[str, Result]
    """Those that ran or were restored -> what came of them."""
    seconds: float
    exit_status: int
    """0 done, 1 work failed, 2 the input is wrong or a yes is missing, 3 a defect, 130 interrupted."""

    def count(self, state: State) -> int:
        """Return how many jobs ended so."""
        return sum(each == state for each in self.states.values())


class Reporter(Protocol):
    """Listens to a run. `line` and `warned` may come from several threads at once."""

    def began(self, plan: Plan, count: int) -> None:
        """A run of so many jobs begins."""

    def started(self, job: str, reasons: Sequence[str]) -> None:
        """A job starts, for these reasons."""

    def line(self, job: str, text: str) -> None:
        """A job's command printed a line."""

    def settled(self, job: str, state: State, said: str, result: Result | None = None) -> None:
        """A job, or an approval, has come to its end."""

    def warned(self, text: str) -> None:
        """Something is not as it should be, and stops nothing."""

    def tick(self) -> None:
        """Some time has passed."""

    def ask(self, approval: str) -> bool | None:
        """Ask for a yes; None when nobody is there to say it."""

    def ended(self, outcome: Outcome) -> None:
        """The run is over."""
