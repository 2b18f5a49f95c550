"""How far a run has come, by the lines that act prints: each job's log, its steps' answers, and its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlci.parity.joblog import JobLog
from mlci.vendors.github.runner.act import Line, read_line
from mlci.vendors.github.runner.reading import Workflow

LEFT = "mlci parity: {} processes that were left behind have been ended"


@dataclass
class JobProgress:
    """What was seen of one job, or of one instance of a matrix."""

    key: str
    log: JobLog
    began: float = field(default_factory=time.time)
    ended: float = 0.0
    result: str = ""
    """success or failure, as act has it; "" while it works."""
    failures: list[str] = field(default_factory=list)
    """The ids or numbers of the steps that failed."""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    """A step's id -> what it has answered."""


class Progress:
    """What act has said so far.

    Parameters
    ----------
    workflow : that runs
    logs : the folder of the jobs' logs
    name : gives a job and its combination an id
    left : told the id of a job that has ended, and whom to tell what it has left behind
    """

    def __init__(
        self,
        workflow: Workflow,
        logs: Path,
        name: Callable[[str, Mapping[str, Any]], str],
        left: Callable[[str, Callable[[int], None]], None],
    ) -> None:
        self.workflow, self.logs, self.name, self.left = workflow, logs, name, left
        self.seen: dict[str, JobProgress] = {}
        self.open = ExitStack()
        self.rest = self.open.enter_context(JobLog(logs / "act.log"))

    def hear(self, text: str) -> None:
        """Take one line of act's log."""
        line = read_line(text)
        if line is None:
            self.rest.line(text)
            return
        name = self.name(line.job, line.matrix)
        if name not in self.seen:
            log = self.open.enter_context(JobLog(self.logs / f"{name}.log"))
            self.seen[name] = JobProgress(line.job, log)
        self.note(name, self.seen[name], line)

    def note(self, name: str, seen: JobProgress, line: Line) -> None:
        if line.printed:
            seen.log.line(line.text.rstrip("\n"))
        elif line.title:
            seen.log.title(line.text)
        if line.output is not None:
            seen.outputs.setdefault(line.step, {})[line.output[0]] = line.output[1]
        if line.step_result == "failure":
            seen.failures.append(line.step)
            seen.log.line(f"act: step {line.step} has failed")
        if line.job_result:
            seen.result, seen.ended = line.job_result, time.time()
            self.left(name, lambda count: seen.log.line(LEFT.format(count)))

    def close(self) -> None:
        self.open.close()

    def failed(self, name: str) -> bool:
        """Tell whether a job that act has seen to its end failed, also one that may."""
        seen = self.seen[name]
        steps = enumerate(self.workflow.jobs[seen.key].steps)
        allowed = {str(step.get("id", number)) for number, step in steps if step.get("continue-on-error")}
        return seen.result != "success" or bool(set(seen.failures) - allowed)

    def outputs(self, key: str) -> Mapping[str, Mapping[str, str]]:
        """Return what the steps of a job have answered."""
        return next((seen.outputs for seen in self.seen.values() if seen.key == key), {})
