"""A run told to a program: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from mlci.engine.light import allocate_lock
from mlci.engine.reporter import Outcome, State

if TYPE_CHECKING:
    from mlci.engine.execute import Result
    from mlci.planning.plan import Plan


class JsonLines:
    """Writes every event of a run as a line of JSON.

    Parameters
    ----------
    stream : where to
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lock = allocate_lock()

    def tell(self, event: str, **said: Any) -> None:
        line = json.dumps({"event": event, **said}, default=str)
        with self.lock:
            self.stream.write(f"{line}\n")
            self.stream.flush()

    def began(self, plan: Plan, count: int) -> None:
        self.tell("began", workflow=plan.workflow.name, jobs=count)

    def started(self, job: str, reasons: Sequence[str]) -> None:
        self.tell("started", job=job, reasons=list(reasons))

    def line(self, job: str, text: str) -> None:
        self.tell("line", job=job, text=text)

    def settled(self, job: str, state: State, said: str, result: Result | None = None) -> None:
        told: dict[str, Any] = {"job": job, "state": state, "said": said}
        if result is not None:
            told |= {"record": json.loads(result.record.text()), "help": result.help}
        self.tell("settled", **told)

    def warned(self, text: str) -> None:
        self.tell("warning", text=text)

    def tick(self) -> None:
        """Tell nothing."""

    def ask(self, approval: str) -> bool | None:
        """Leave the answer open: a program says it beforehand, by --approve."""

    def ended(self, outcome: Outcome) -> None:
        said = {"states": dict(outcome.states), "seconds": round(outcome.seconds, 3)}
        self.tell("ended", exit_status=outcome.exit_status, **said)
