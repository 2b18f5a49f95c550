"""The stage library: what `uses:` may name. One module a stage, one entry here."""

from __future__ import annotations

from mlci.stages.contract import LibraryStage

ALL: tuple[LibraryStage, ...] = (
    LibraryStage("validate-data", "mlci.stages.validate_data:validate_data"),
    LibraryStage("train-check", "mlci.stages.train_check:train_check"),
    LibraryStage("evaluate", "mlci.stages.evaluate:evaluate"),
    LibraryStage("package", "mlci.stages.package:package"),
    LibraryStage("deploy", "mlci.stages.deploy:deploy", cached=False),
    LibraryStage("smoke-test", "mlci.stages.smoke_test:smoke_test", cached=False),
    LibraryStage("retrain", "mlci.stages.retrain:retrain", cached=False),
)

ENTRY_POINTS = "mlci.stages"
"""Where other packages register stages: `name = "module:function"` in their entry points."""


def ids() -> tuple[str, ...]:
    """Return the names of our own stages."""
    return tuple(stage.id for stage in ALL)


def find(stage_id: str) -> LibraryStage | None:
    """Return the library stage of that name: ours, or one a package registers under `mlci.stages`."""
    for stage in ALL:
        if stage.id == stage_id:
            return stage
    return foreign(stage_id)


def foreign(stage_id: str) -> LibraryStage | None:
    """Return a stage that another installed package registers."""
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINTS, name=stage_id):
        return LibraryStage(stage_id, point.value)
    return None
