"""The pipeline's targets, ready for use from this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlci.errors import EnvironmentLacks
from mlci.model import Pipeline

if TYPE_CHECKING:
    from mlci.deploy.contract import Target

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def filled(
    pipeline: Pipeline, environ: Mapping[str, str], only: str | None = None
) -> dict[str, dict[str, Any]]:
    """Return the targets as plain options, `${NAME}` filled from the environment.

    A target that is not the one wanted keeps its unfilled variables: a job sees no more than it needs.

    Raises
    ------
    EnvironmentLacks : the wanted target names a variable that is not set
    """
    return {
        name: {
            "type": target.type,
            **{
                key: fill(value, environ, f"target '{name}'") if name == only else value
                for key, value in target.options.items()
            },
        }
        for name, target in pipeline.targets.items()
    }


def fill(value: Any, environ: Mapping[str, str], owner: str) -> Any:
    """Fill `${NAME}` in every string of a value."""
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: variable(found[1], environ, owner), value)
    if isinstance(value, Mapping):
        return {key: fill(each, environ, owner) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [fill(each, environ, owner) for each in value]
    return value


def variable(name: str, environ: Mapping[str, str], owner: str) -> str:
    """Return one variable of the environment."""
    if name not in environ:
        raise EnvironmentLacks(f"{owner} needs the variable {name}, which is not set", help=f"set {name}")
    return environ[name]


def open_from_here(root: Path, name: str | None) -> Target:
    """Open a target of the pipeline at `root` for a command of this machine; the only one when none is named.

    Raises
    ------
    InputError : there is no such target, or several and none is named
    """
    from mlci import config, deploy
    from mlci.deploy.contract import Site
    from mlci.engine import context
    from mlci.errors import InputError
    from mlci.terminal import note

    pipeline = config.load(root)
    if name is None:
        if len(pipeline.targets) != 1:
            known = ", ".join(pipeline.targets) or "none"
            raise InputError(f"name a target; the targets are {known}", help="mlci status TARGET")
        name = next(iter(pipeline.targets))
    variables = context.read(root, os.environ).variables()
    site = Site(name, root, os.environ, variables, note)
    return deploy.open_target(name, filled(pipeline, os.environ, name), site)
