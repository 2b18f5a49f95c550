"""What a library stage is: one function whose signature is its documentation.

A stage is `def evaluate(work: Work, *, model: InputPath, gates: Gates = ...) -> Outcome`. Its keyword
parameters are what `with:` may hold; their annotations say what each is to the pipeline, so the inputs,
outputs, schema, action inputs, orb parameters and reference page are read off the signature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, NamedTuple

InputPath = Annotated[Path, "input"]
"""A file or folder of the workspace that the stage reads; part of its key, handed over by its maker."""
OutputPath = Annotated[Path, "output"]
"""A file or folder of the workspace that the stage makes; goes into its bundle."""
MetricsPath = Annotated[Path, "metrics"]
"""A JSON file of numbers that the stage writes."""
TargetName = Annotated[str, "target"]
"""The name of one of the pipeline's targets."""


class Case(NamedTuple):
    """One check of a stage: a gate, a data expectation, a request; a test case in JUnit."""

    name: str
    passed: bool
    message: str = ""
    """What was expected and what was found; shown when it failed."""


@dataclass(frozen=True)
class Outcome:
    """What a stage has found; it fails when a case failed."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    summary: str = ""
    """Markdown for the vendor's step summary."""

    @property
    def failures(self) -> tuple[Case, ...]:
        """The cases that failed."""
        return tuple(case for case in self.cases if not case.passed)


@dataclass(frozen=True)
class Work:
    """What a stage is given besides its parameters."""

    root: Path
    """The workspace; every path of a parameter is below it."""
    targets: Mapping[str, Mapping[str, Any]]
    """The pipeline's targets: name -> options with `type`, `${NAME}` already filled from the environment."""
    context: Mapping[str, str]
    """MLCI_VENDOR, _COMMIT, _BRANCH, _TAG, _PR, _EVENT, _RUN_ID, …; "" where unknown."""
    say: Callable[[str], None]
    """Shows one line of progress."""
    seed: int = 0
