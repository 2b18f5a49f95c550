"""Where a packaged model can go: one module a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlci.deploy.contract import Site, Target
from mlci.errors import InputError
from mlci.findings import suggest
from mlci.language.arguments import Problem, bind, validate
from mlci.language.catalogue import TARGETS


def validate_target(options: Mapping[str, Any]) -> list[Problem]:
    """Check a target's keys, `type` among them, without importing what the target will need."""
    type_id = options.get("type")
    kind = TARGETS.find(type_id) if isinstance(type_id, str) else None
    if kind is None:
        help = suggest(str(type_id), TARGETS.ids()) or f"expected one of {', '.join(TARGETS.ids())}"
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
    kind = TARGETS.find(str(options.get("type")))
    if kind is None:
        problem = validate_target(options)[0]
        raise InputError(f"target '{name}': {problem.message}", help=problem.help)
    keys = bind(kind.parameters, without_type(options), f"target '{name}'", site.root)
    made: Target = kind.make(site, **keys)
    return made
