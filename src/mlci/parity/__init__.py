"""Proof that a pipeline runs alike everywhere: each vendor's own files executed here, and compared."""

from __future__ import annotations

from mlci.parity import circleci, github, jenkins, travis
from mlci.parity.contract import Performer

PERFORMERS: tuple[Performer, ...] = (github, circleci, travis, jenkins)
"""One entry for each vendor whose files can be run here."""


def performers() -> dict[str, Performer]:
    """Return the performers by their vendors' ids."""
    return {performer.ID: performer for performer in PERFORMERS}
