"""Proof that a pipeline runs alike everywhere: each vendor's own files executed here, and compared."""

from __future__ import annotations

from mlci.parity.contract import Performer
from mlci.registry import VENDORS, has


def performers() -> dict[str, Performer]:
    """Return what runs the files of each vendor whose files can be run here."""
    return {entry.id: entry.part("runner") for entry in VENDORS if has(entry.where, "runner")}
