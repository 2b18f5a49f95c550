"""The stage library: what `uses:` may name. One module a stage, one entry here."""

from __future__ import annotations

from mlci.stages.contract import LibraryStage

ALL: tuple[LibraryStage, ...] = ()


def find(stage_id: str) -> LibraryStage | None:
    """Return the library stage of that name: ours, or one a package registers under `mlci.stages`."""
    for stage in ALL:
        if stage.id == stage_id:
            return stage
    return None
