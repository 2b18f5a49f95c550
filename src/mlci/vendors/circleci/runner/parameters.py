"""Declared parameters, and the arguments of one use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mlci.findings import suggest
from mlci.parity.part import Part

KEYS = ("type", "default", "description", "enum")
TYPES = ("string", "boolean", "integer", "enum", "executor", "steps", "env_var_name")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
YAML_1_1 = {"yes": True, "on": True, "no": False, "off": False}
"""Booleans of YAML 1.1, which CircleCI reads."""


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
            values[name] = checked(part, given[name], name)
        elif "default" in part.value:
            values[name] = checked(part, part.child("default"), name)
        else:
            raise use.refuse(f"the {what} needs the parameter '{name}'")
    return values


def checked(declared: Part, given: Part, name: str) -> Any:
    """Return a value that fits a parameter's type."""
    kind = declared.get("type")
    wanted = "" if kind is None else kind.text()
    if wanted not in TYPES:
        raise declared.refuse(f"the parameter '{name}' has no known type", f"known are {', '.join(TYPES)}")
    value = given.value
    if wanted == "boolean" and isinstance(value, str):
        value = YAML_1_1.get(value.lower(), value)
    if not fits(wanted, value, declared):
        raise given.refuse(f"the parameter '{name}' takes {said(wanted, declared)}, not {value!r}")
    return value


def fits(wanted: str, value: Any, declared: Part) -> bool:
    """Tell whether a value is of a type."""
    if wanted == "enum":
        return value in (declared.value.get("enum") or ())
    if wanted == "env_var_name":
        return isinstance(value, str) and NAME.fullmatch(value) is not None
    return {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "executor": isinstance(value, str) or (isinstance(value, Mapping) and "name" in value),
        "steps": isinstance(value, list),
    }[wanted]


def said(wanted: str, declared: Part) -> str:
    """Say what a type takes."""
    if wanted == "enum":
        return f"one of {', '.join(map(str, declared.value.get('enum') or ()))}"
    names = {"boolean": "true or false", "integer": "a whole number", "steps": "a list of steps"}
    return names.get(wanted, "text")
