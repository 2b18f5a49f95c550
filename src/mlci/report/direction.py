"""Which way of a metric is the better one, where that is known: by a gate, or by a library stage's meaning.

Nothing is guessed from a metric's name: of a metric that no gate bounds, in a stage that mlci does not know,
a change is shown and not judged.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlci.engine.record import Record
from mlci.errors import InputError
from mlci.report.model import Verdict
from mlci.stages.gates import Gate, parse_gate

UP, DOWN = 1, -1
MEANT: Mapping[str, Mapping[str, int]] = {
    "evaluate": {"accuracy": UP, "loss": DOWN, "macro_precision": UP, "macro_recall": UP},
    "retrain": {"accuracy": UP, "loss": DOWN},
}
"""What the library stages' own metrics mean."""
BY_CLASS = ("precision_", "recall_")
"""How those begin that `evaluate` measures for each class."""
BOUNDS: Mapping[str, int] = {">=": UP, ">": UP, "<=": DOWN, "<": DOWN}


def gates(record: Record) -> dict[str, Gate]:
    """Return the gates of a job by metric; what cannot be read is none."""
    given = arguments(record).get("gates")
    found = {}
    for name, text in given.items() if isinstance(given, dict) else ():
        try:
            found[name] = parse_gate(name, str(text))
        except InputError:
            continue
    return found


def arguments(record: Record) -> Mapping[str, object]:
    given = record.command.get("with")
    return given if isinstance(given, dict) else {}


def directions(record: Record) -> dict[str, int]:
    """Return the better way of each metric of a job for which it is known; 0 where it is not."""
    stage = record.command.get("uses")
    known = {name: BOUNDS.get(gate.comparison, 0) for name, gate in gates(record).items()}
    known |= MEANT.get(str(stage), {})
    known |= {name: UP for name in record.metrics if is_detail(record, name)}
    if stage == "train-check":
        loss = arguments(record).get("loss")
        known |= {str(loss): DOWN, f"val_{loss}": DOWN}
    return known


def is_detail(record: Record, name: str) -> bool:
    """Tell whether a metric is one of those that `evaluate` measures for each class."""
    return record.command.get("uses") == "evaluate" and name.startswith(BY_CLASS)


def verdict(direction: int, value: float | None, before: float | None) -> Verdict:
    if value is None or before is None or value == before or not direction:
        return ""
    return "better" if (value > before) == (direction == UP) else "worse"
