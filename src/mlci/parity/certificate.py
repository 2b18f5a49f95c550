"""The certificate: all that was compared, as JSON that a program or a person can check later."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from mlci import __version__
from mlci.parity.column import Column
from mlci.parity.compared import NOT_RUN, values_of
from mlci.parity.contract import Event, Ran
from mlci.parity.expected import Expected
from mlci.parity.proof import Part

FORMAT = "mlci-parity/1"


class Proof(NamedTuple):
    """What was proven: one part for each event."""

    pipeline: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    @property
    def alike(self) -> bool:
        """Whether nothing differs and every vendor was run."""
        return not any(part.differences for part in self.parts) and not self.unproven

    @property
    def unproven(self) -> tuple[Column, ...]:
        """The vendors that were not run, each once."""
        found = (column for part in self.parts for column in part.columns if column.unproven)
        return tuple({column.id: column for column in found}.values())

    def stands(self, *, allow_missing: bool) -> bool:
        """Tell whether nothing speaks against it.

        Parameters
        ----------
        allow_missing : whether a vendor may lack a program here, as long as another has been proven
        """
        if any(part.differences for part in self.parts):
            return False
        left = [column for column in self.unproven if not (allow_missing and column.missing)]
        proven = any(not column.unproven for part in self.parts for column in part.columns)
        return not left and proven


def certificate(proof: Proof) -> dict[str, Any]:
    """Return the whole certificate as plain data."""
    return {
        "format": FORMAT,
        "pipeline": proof.pipeline,
        "alike": proof.alike,
        "made": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "versions": {
            "mlci": __version__,
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
        },
        "notes": list(proof.notes),
        "proofs": [part_of(part) for part in proof.parts],
    }


def part_of(part: Part) -> dict[str, Any]:
    made = part.snapshot
    return {
        "event": event_of(part.event),
        "commit": made.commit,
        "tree": made.tree,
        "uncommitted": made.dirty,
        "vendors": {column.id: column_of(column, part.jobs) for column in (part.reference, *part.columns)},
        "differences": [each._asdict() for each in part.differences],
    }


def event_of(event: Event) -> dict[str, Any]:
    """Return an event, without what is empty in it."""
    said = {name: value for name, value in event._asdict().items() if name not in ("selected", "default")}
    if event.name != "pull_request":
        del said["head"]
    return {name: value for name, value in said.items() if value not in ("", None, (), {})}


def column_of(column: Column, jobs: Sequence[Expected]) -> dict[str, Any]:
    """Return what came of one vendor."""
    found = column.by_job
    expected: Mapping[tuple[str, str], Expected] = {(job.workflow, job.id): job for job in jobs}
    return {
        "title": column.title,
        "proven": not column.unproven,
        "why": column.unproven,
        "help": column.help,
        "files": dict(column.files),
        "versions": dict(column.versions),
        "seconds": round(column.seconds, 1),
        "jobs": {
            f"{key[0]}/{key[1]}": ran_of(found[key], job) for key, job in expected.items() if key in found
        },
    }


def ran_of(ran: Ran, job: Expected) -> dict[str, Any]:
    said: dict[str, Any] = {"values": values_of(ran, job)}
    if ran.status not in NOT_RUN:
        said["seconds"] = round(ran.ended - ran.began, 1)
    if ran.apart:
        said["apart"] = dict(ran.apart)
    return said
