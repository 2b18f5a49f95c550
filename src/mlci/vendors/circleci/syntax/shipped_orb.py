"""The orb that comes with mlci: its reference and its packed text."""

from __future__ import annotations

from mlci import __version__
from mlci.release import REPOSITORY
from mlci.resources import shipped

ORB = REPOSITORY
"""Its name in the registry, which is that of the repository."""
SHIPPED = f"{ORB}@{__version__}"
"""The orb that comes with this mlci."""


def packed(reference: str = SHIPPED) -> str | None:
    """Return the text that a reference names; None when that is not the orb of this mlci, or not there."""
    path = shipped("orbs") / "mlci" / "orb.yml"
    return path.read_text(encoding="utf-8") if reference == SHIPPED and path.is_file() else None
