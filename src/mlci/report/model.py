"""What a report holds, as plain data that every format shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

State = Literal["done", "failed", "none", "skipped", "damaged"]
"""none: there is no record; skipped: its conditions do not hold; damaged: its record cannot be read."""
Verdict = Literal["better", "worse", ""]


class Job(NamedTuple):
    """One job of the run."""

    id: str
    state: State
    said: str
    """Its state in words: "done", "restored", "timed out"."""
    seconds: float | None = None
    before: float | None = None
    """What it took in the baseline."""
    attempts: int = 1
    message: str = ""
    """Why it failed, or has no record."""
    earlier: str = ""
    """Why this is not of the same run as the others; "" if it is."""
    same: bool = False
    """Whether the baseline's was given the very same, so that its result is the same."""


class Metric(NamedTuple):
    """One number of one job."""

    job: str
    name: str
    value: float | None
    """None when the baseline alone has it."""
    before: float | None = None
    verdict: Verdict = ""
    """Whether the change is for the better; "" when it did not change, or nobody knows."""
    gate: str = ""
    """The bound it must keep: ">= 0.9"."""
    passed: bool | None = None
    detail: bool = False
    """Whether it is one of many of a kind, such as a class's recall."""

    @property
    def change(self) -> float | None:
        return None if self.value is None or self.before is None else self.value - self.before


class Check(NamedTuple):
    """One check of one job, a gate say."""

    job: str
    name: str
    passed: bool


class Line(NamedTuple):
    """One series of a training."""

    label: str
    """training, or validation; "before, …" for the baseline's."""
    values: tuple[float | None, ...]
    """Those that are drawn; None where there was no number."""
    epochs: int
    """How many there were."""
    first: float | None
    last: float | None


class Curve(NamedTuple):
    """One metric over a training's epochs."""

    job: str
    file: str
    name: str
    lines: tuple[Line, ...]
    before: tuple[Line, ...] = ()


class Change(NamedTuple):
    """What one job is given that the baseline's was not."""

    job: str
    reasons: tuple[str, ...]


class Package(NamedTuple):
    """A model made ready to be served."""

    job: str
    name: str
    version: int
    identity: str
    before: str = ""
    """The baseline's: "digits 3"."""
    same: bool | None = None
    """Whether the baseline's is the same model."""
    blessed: bool | None = None
    parameters: int | None = None
    size: int | None = None
    """Bytes of its archive."""


class Against(NamedTuple):
    """What the run is compared with."""

    name: str
    """As it was asked for."""
    context: Mapping[str, str]
    jobs: int
    """How many jobs of it are known."""


class Report(NamedTuple):
    """Everything that is shown."""

    pipeline: str
    workflow: str
    context: Mapping[str, str]
    jobs: tuple[Job, ...]
    metrics: tuple[Metric, ...] = ()
    checks: tuple[Check, ...] = ()
    curves: tuple[Curve, ...] = ()
    changes: tuple[Change, ...] = ()
    packages: tuple[Package, ...] = ()
    against: Against | None = None
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.pipeline} / {self.workflow}" if self.pipeline else self.workflow

    @property
    def good(self) -> bool:
        bad = any(job.state in ("failed", "damaged") for job in self.jobs)
        return not bad and all(check.passed for check in self.checks)

    @property
    def verdict(self) -> str:
        """What became of the run, in one line."""
        words = {"done": "done", "failed": "failed", "damaged": "damaged", "none": "without a record"}
        counts = {word: sum(job.state == state for job in self.jobs) for state, word in words.items()}
        total = sum(counts.values())
        if counts["done"] == total:
            parts = [f"{total} job{'s' if total != 1 else ''} done"]
        else:
            parts = [f"{counts['done']} of {total} jobs done"]
            parts += [f"{count} {word}" for word, count in counts.items() if count and word != "done"]
        missed = sum(not check.passed for check in self.checks)
        count = len(self.checks)
        passed = f"{count} check{'s' if count != 1 else ''} passed"
        parts += [f"{missed} of {count} checks missed" if missed else passed] * bool(count)
        return ", ".join(parts)

    @property
    def metrics_of_gates(self) -> tuple[Metric, ...]:
        """The metrics that must keep a bound."""
        return tuple(metric for metric in self.metrics if metric.gate)
