"""Declared parameters, and the arguments of one use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlci.findings import suggest
from mlci.parity.part import Part
from mlci.vendors.circleci.runner.expansion import as_text
from mlci.vendors.circleci.syntax.model import Parameter
from mlci.vendors.circleci.syntax.plain import plain
from mlci.vendors.circleci.syntax.types import FITTING, TEXTS, type_of

KEYS = ("type", "default", "description", "enum")


def bind(
    defined: Part, declared: Mapping[str, Parameter], given: Mapping[str, Part], use: Part, what: str
) -> dict[str, Any]:
    """Return the value of every declared parameter in one use.

    Parameters
    ----------
    defined : what declares them
    declared : its parameters
    given : the arguments, their references filled in the scope of the use
    use : the use, for messages
    what : "job 'build'"

    Raises
    ------
    InputError : an argument that is not declared, not given though it must be, or of another type
    """
    for name, argument in given.items():
        if name not in declared:
            raise argument.refuse(f"the {what} has no parameter '{name}'", suggest(name, declared), key=True)
    values: dict[str, Any] = {}
    for name, parameter in declared.items():
        part = Part(defined.document, (*defined.path, "parameters", name), plain(parameter.node))
        part.only(KEYS, "a parameter")
        if parameter.type not in FITTING:
            said = f"the parameter '{name}' has no known type"
            raise part.refuse(said, f"known are {', '.join(FITTING)}")
        if name in given:
            values[name] = checked(parameter, given[name], f"the parameter '{name}' of {what}")
        elif parameter.required:
            raise use.refuse(f"the {what} needs the parameter '{name}'", key=True)
        else:
            values[name] = checked(parameter, part.child("default"), f"the default of '{name}'")
    return values


def checked(parameter: Parameter, given: Part, what: str) -> Any:
    written = "" if isinstance(given.value, list | Mapping | None) else as_text(given.value, given)
    wrong = type_of(parameter).refuses(given.value, written)
    if wrong is not None:
        raise given.refuse(f"{what}: {wrong}")
    return "" if given.value is None and parameter.type in TEXTS else given.value
