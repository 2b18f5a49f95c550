"""Proof that a pipeline runs alike everywhere: each vendor's own files executed here, and compared."""

from __future__ import annotations

from mlci.parity.contract import Performer
from mlci.vendors.circleci import runner as circleci
from mlci.vendors.github import runner as github
from mlci.vendors.jenkins import runner as jenkins
from mlci.vendors.travis import runner as travis

PERFORMERS: tuple[Performer, ...] = (github, circleci, travis, jenkins)
"""One entry for each vendor whose files can be run here."""


def performers() -> dict[str, Performer]:
    """Return the performers by their vendors' ids."""
    return {performer.ID: performer for performer in PERFORMERS}
