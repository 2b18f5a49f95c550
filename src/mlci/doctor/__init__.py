"""What a pipeline needs before it runs: on this machine, and at each vendor before the first push."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlci.doctor.check import Check
from mlci.doctor.files import file_checks
from mlci.doctor.machine import machine_checks
from mlci.doctor.packages import package_checks
from mlci.language.model import Pipeline
from mlci.planning.vendor import Setting


@dataclass(frozen=True)
class Diagnosis:
    """What was found."""

    checks: tuple[Check, ...]
    """This machine."""
    settings: Mapping[str, tuple[Setting, ...]]
    """Vendor id -> all that must be set there, in the order of the workflows."""

    @property
    def missing(self) -> tuple[Check, ...]:
        """The checks of this machine that failed."""
        return tuple(check for check in self.checks if check.state == "missing")

    @property
    def exit_status(self) -> int:
        """1 when something here is missing; what is set at vendors cannot be seen from here."""
        return 1 if self.missing else 0

    def to_json(self) -> dict[str, Any]:
        return {
            "healthy": not self.missing,
            "here": [check._asdict() for check in self.checks],
            "vendors": {name: [one._asdict() for one in found] for name, found in self.settings.items()},
        }


def doctor(pipeline: Pipeline | None, root: Path, environ: Mapping[str, str]) -> Diagnosis:
    """Examine this machine for a pipeline, and gather what its vendors need.

    Parameters
    ----------
    pipeline : the pipeline; None where there is no mlci.yaml, then only mlci's own needs are looked at
    root : the folder of mlci.yaml
    environ : the environment, whose PATH is searched
    """
    return Diagnosis(tuple(here(pipeline, root, environ)), {} if pipeline is None else settings_of(pipeline))


def here(pipeline: Pipeline | None, root: Path, environ: Mapping[str, str]) -> Iterator[Check]:
    yield from machine_checks(pipeline, root, environ)
    if pipeline is not None:
        yield from package_checks(pipeline, root, environ)
        yield from file_checks(pipeline, root, environ)


def settings_of(pipeline: Pipeline) -> dict[str, tuple[Setting, ...]]:
    from mlci.planning import repository
    from mlci.planning import vendor as vendors

    plans = repository.plans(pipeline)
    return {name: tuple(vendors.find(name).settings(plans)) for name in pipeline.vendors}
