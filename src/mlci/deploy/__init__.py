"""Where a packaged model can go: one module a target, one entry here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mlci.deploy.contract import Site, Target, TargetType
from mlci.errors import InputError
from mlci.findings import suggest
from mlci.stages.arguments import Problem, bind, validate
from mlci.stages.contract import Work

ALL: tuple[TargetType, ...] = (
    TargetType("local", "mlci.deploy.local:Local"),
    TargetType("ssh", "mlci.deploy.ssh:Ssh"),
)

ENTRY_POINTS = "mlci.targets"
"""Where other packages register target types: `name = "module:Class"` in their entry points."""


def ids() -> tuple[str, ...]:
    """Return the ids of our own target types, as `type:` names them."""
    return tuple(kind.id for kind in ALL)


def find(type_id: str) -> TargetType | None:
    """Return the target type of that name: ours, or one a package registers under `mlci.targets`."""
    for kind in ALL:
        if kind.id == type_id:
            return kind
    return foreign(type_id)


def foreign(type_id: str) -> TargetType | None:
    """Return a target type that another installed package registers."""
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINTS, name=type_id):
        return TargetType(type_id, point.value)
    return None


def validate_target(options: Mapping[str, Any]) -> list[Problem]:
    """Check a target's keys, `type` among them, without importing what the target will need."""
    type_id = options.get("type")
    kind = find(type_id) if isinstance(type_id, str) else None
    if kind is None:
        help = suggest(str(type_id), ids()) or f"expected one of {', '.join(ids())}"
        return [Problem(("type",), f"unknown target type '{type_id}'", help)]
    return validate(kind.parameters, without_type(options), f"target type '{kind.id}'")


def without_type(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a target's keys without `type`."""
    return {key: value for key, value in options.items() if key != "type"}


def open_target(name: str, targets: Mapping[str, Mapping[str, Any]], site: Site) -> Target:
    """Return one of the pipeline's targets, ready to use; nothing is connected yet.

    Parameters
    ----------
    name : its name in mlci.yaml
    targets : name -> keys, `${NAME}` already filled
    site : what the target needs to know of here

    Raises
    ------
    InputError : there is no such target, or its keys are wrong
    """
    if name not in targets:
        help = suggest(name, targets) or f"there are {', '.join(targets) or 'none'}"
        raise InputError(f"there is no target '{name}'", help=help)
    options = targets[name]
    kind = find(str(options.get("type")))
    if kind is None:
        problem = validate_target(options)[0]
        raise InputError(f"target '{name}': {problem.message}", help=problem.help)
    return kind.make(site, **bind(kind.parameters, without_type(options), f"target '{name}'", site.root))


def target_of(work: Work, name: str) -> Target:
    """Return a stage's target."""
    return open_target(name, work.targets, Site(name, work.root, os.environ, work.context, work.say))
