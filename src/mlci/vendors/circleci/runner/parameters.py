"""Declared parameters, and the arguments of one use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlci.findings import suggest
from mlci.parity.part import Part
from mlci.vendors.circleci.runner.expansion import as_text
from mlci.vendors.circleci.syntax.types import FITTING, TEXTS, Type

KEYS = ("type", "default", "description", "enum")


def bind(declared: Part | None, given: Mapping[str, Part], use: Part, what: str) -> dict[str, Any]:
    """Return the value of every declared parameter in one use.

    Parameters
    ----------
    declared : the mapping under `parameters`
    given : the arguments, their references filled in the scope of the use
    use : the use, for messages
    what : "job 'build'"

    Raises
    ------
    InputError : an argument that is not declared, not given though it must be, or of another type
    """
    known = dict(declared.entries()) if declared is not None else {}
    for name, argument in given.items():
        if name not in known:
            raise argument.refuse(f"the {what} has no parameter '{name}'", suggest(name, known), key=True)
    values: dict[str, Any] = {}
    for name, part in known.items():
        part.only(KEYS, "a parameter")
        if name in given:
            values[name] = checked(part, given[name], name, f"the parameter '{name}' of {what}")
        elif "default" in part.value:
            values[name] = checked(part, part.child("default"), name, f"the default of '{name}'")
        else:
            raise use.refuse(f"the {what} needs the parameter '{name}'", key=True)
    return values


def checked(declared: Part, given: Part, name: str, what: str) -> Any:
    """Return a value that fits a parameter's type."""
    wanted = type_of(declared, name)
    wrong = wanted.refuses(given.value, written(given))
    if wrong is not None:
        raise given.refuse(f"{what}: {wrong}")
    return "" if given.value is None and wanted.name in TEXTS else given.value


def type_of(declared: Part, name: str) -> Type:
    kind, choices = declared.get("type"), declared.get("enum")
    wanted = "" if kind is None else kind.text()
    if wanted not in FITTING:
        raise declared.refuse(f"the parameter '{name}' has no known type", f"known are {', '.join(FITTING)}")
    return Type(wanted, () if choices is None else tuple(map(written, choices.items())))


def written(part: Part) -> str:
    """Return how a file writes a scalar."""
    return "" if isinstance(part.value, list | Mapping) or part.value is None else as_text(part.value, part)
