"""The record: the account of one stage's execution, and the part of it that is alike wherever it ran."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

FORMAT = "mlci-record/1"
NAME = "record.json"
MAX_BYTES = 64 * 2**20
Status = Literal["done", "failed", "timed-out", "interrupted"]
COMPARABLE = ("stage", "job", "command", "params", "inputs", "outputs", "metrics", "exit_status")
"""What two runs of the same work agree in, whatever vendor, machine and time."""


class Timing(NamedTuple):
    """When a stage ran; UTC, ISO 8601."""

    started: str = ""
    finished: str = ""
    seconds: float = 0.0


class Record(NamedTuple):
    """What one job was given, what it did, and what came of it."""

    workflow: str
    stage: str
    job: str
    command: Mapping[str, Any]
    """{"run": text} or {"uses": id, "with": arguments}."""
    params: Mapping[str, Any]
    inputs: Mapping[str, str]
    """Path -> comparable digest."""
    outputs: Mapping[str, str]
    metrics: Mapping[str, float]
    status: Status
    exit_status: int
    """That of the command: 0 done."""
    key: str = ""
    ingredients: Mapping[str, Any] = {}
    """All that the key is made of."""
    environment: Mapping[str, str] = {}
    """The variables mlci.yaml declares."""
    secrets: tuple[str, ...] = ()
    """The names of the secrets it was given; their values are nowhere."""
    context: Mapping[str, str] = {}
    versions: Mapping[str, str] = {}
    timing: Timing = Timing()
    attempts: int = 1
    restored: bool = False
    """Whether the outputs came from the store instead of running the command."""
    message: str = ""
    """Why it failed."""
    checks: Mapping[str, bool] = {}
    """Each check of a library stage, a gate say, and whether it was passed."""

    @property
    def done(self) -> bool:
        return self.status == "done"

    @property
    def digest(self) -> str:
        """The digest of the comparable part: equal for equal work, wherever it was done."""
        from hashlib import sha256

        part = {name: getattr(self, name) for name in COMPARABLE}
        text = json.dumps(part, sort_keys=True, separators=(",", ":"), default=str)
        return f"sha256:{sha256(text.encode()).hexdigest()}"

    def text(self) -> str:
        said = {"format": FORMAT, "digest": self.digest, **self._asdict(), "timing": self.timing._asdict()}
        return json.dumps(said, indent=1, default=str) + "\n"


def write_record(record: Record, folder: Path) -> None:
    from mlci.files import write_atomic

    write_atomic(folder / NAME, record.text())


def read_record(folder: Path) -> Record | None:
    """Read the record in a folder; None when there is none, or it is damaged."""
    try:
        with (folder / NAME).open("rb") as file:
            return parse(file.read(MAX_BYTES))
    except OSError:
        return None


def parse(text: bytes | str) -> Record | None:
    """Read a record from JSON; None when it is no record."""
    try:
        said = json.loads(text)
        fields = {name: said[name] for name in Record._fields if name in said}
        fields["secrets"] = tuple(said.get("secrets", ()))
        fields["timing"] = Timing(**said.get("timing", {}))
        record = Record(**fields)
        return record if said.get("format") == FORMAT and sound(record) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def sound(record: Record) -> bool:
    """Tell whether a record's parts are of the right kinds."""
    plain = (record.command, record.params, record.metrics, record.ingredients, record.checks)
    texts = (record.inputs, record.outputs, record.environment, record.context, record.versions)
    if not all(isinstance(each, dict) for each in (*plain, *texts)):
        return False
    words = (record.workflow, record.stage, record.job, record.key, record.message, *record.secrets)
    times = (record.timing.started, record.timing.finished)
    numbers = (record.exit_status, record.attempts, record.timing.seconds, *record.metrics.values())
    return (
        all(isinstance(each, str) for each in (*words, *times))
        and all(isinstance(value, str) for each in texts for value in each.values())
        and all(isinstance(each, int | float) for each in numbers)
        and all(isinstance(each, bool) for each in (record.restored, *record.checks.values()))
        and record.status in get_args(Status)
    )
