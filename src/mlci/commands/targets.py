"""A target of the pipeline, opened for a command of this machine."""

from __future__ import annotations

import os
from collections import ChainMap
from pathlib import Path
from typing import TYPE_CHECKING

from mlci.commands.terminal import note
from mlci.errors import InputError
from mlci.planning import repository

if TYPE_CHECKING:
    from mlci.deploy.contract import Target


def open_from_here(root: Path, name: str | None) -> Target:
    """Open the target of that name, or the only one, of the pipeline at `root`.

    Raises
    ------
    InputError : there is no such target, or several and none is named
    EnvironmentLacks : it names a variable that neither the environment nor .mlci/secrets.env sets
    """
    from mlci import deploy
    from mlci.deploy.contract import Site
    from mlci.engine.command import fill_target
    from mlci.engine.secrets import read_secrets
    from mlci.engine.workspace import Workspace

    pipeline = repository.load(root)
    if name is None:
        if len(pipeline.targets) != 1:
            known = ", ".join(pipeline.targets) or "none"
            raise InputError(f"name a target; the targets are {known}", help="mlci status TARGET")
        name = next(iter(pipeline.targets))
    environ = ChainMap(dict(os.environ), read_secrets(root))
    filled = {name: fill_target(pipeline, name, environ)} if name in pipeline.targets else {}
    others = {
        other: dict(target.options) for other, target in pipeline.targets.items() if other not in filled
    }
    site = Site(name, root, environ, Workspace(root, warn=note).context.variables(), note)
    return deploy.open_target(name, {**others, **filled}, site)
