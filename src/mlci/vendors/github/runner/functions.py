"""The functions of GitHub's expressions.

Source: GitHub's documentation, "Evaluate expressions in workflows and actions", Functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mlci.errors import InputError
from mlci.vendors.github.runner.values import equal, text, true
from mlci.vendors.github.syntax.expression.functions import PLACE


def contains(search: Any, item: Any) -> bool:
    """Tell whether a list has an item, or a text a part; case does not count."""
    if isinstance(search, list):
        return any(equal(each, item) for each in search)
    return text(item).casefold() in text(search).casefold()


def starts_with(search: Any, value: Any) -> bool:
    """Tell whether a text begins with another."""
    return text(search).casefold().startswith(text(value).casefold())


def ends_with(search: Any, value: Any) -> bool:
    return text(search).casefold().endswith(text(value).casefold())


def format_text(pattern: Any, *given: Any) -> str:
    """Put values into the places `{0}`, `{1}`, … of a text."""

    def place(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        at = int(found[1])
        if at >= len(given):
            raise InputError(f"format() has no value for {found[0]}")
        return text(given[at])

    return PLACE.sub(place, text(pattern))


def join(values: Any, between: Any = ",") -> str:
    """Join a list's items; a text stays as it is."""
    if isinstance(values, list):
        return text(between).join(map(text, values))
    return text(values)


def to_json(value: Any) -> str:
    """Write a value as JSON, as GitHub prints it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def from_json(value: Any) -> Any:
    """Read JSON.

    Raises
    ------
    InputError : it is none
    """
    try:
        return json.loads(text(value))
    except (ValueError, RecursionError) as error:
        raise InputError(f"fromJSON() was given no JSON: {error}") from error


def case(*given: Any) -> Any:
    """Return the value after the first condition that holds, else the last one."""
    for at in range(0, len(given) - 1, 2):
        if true(given[at]):
            return given[at + 1]
    return given[-1]


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "contains": contains,
    "startswith": starts_with,
    "endswith": ends_with,
    "format": format_text,
    "join": join,
    "tojson": to_json,
    "fromjson": from_json,
    "case": case,
}
"""Those that need to know nothing but their arguments."""


def call(name: str, arguments: Sequence[Any], status: Mapping[str, bool]) -> Any:
    """Call a function.

    Parameters
    ----------
    name : as the file has it
    arguments : its values
    status : what `success`, `failure`, `cancelled` and `always` say here

    Raises
    ------
    InputError : there is no such function here
    """
    known = name.casefold()
    if known in status:
        return status[known]
    if known not in FUNCTIONS:
        raise InputError(f"{name}() cannot be worked out without running the job")
    return FUNCTIONS[known](*arguments)
