"""The values of GitHub's expressions: what is true, what is equal, and how they become text.

Source: GitHub's documentation, "Evaluate expressions in workflows and actions".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from mlci.vendors.github.syntax.expression.lexer import number as read_number

NOT_A_NUMBER = float("nan")
WHOLE = 1e15
"""Below this, a whole number is written without a point."""
ODD = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
NUMBER = re.compile(
    r"0x[0-9a-f]+|0o[0-7]+|[-+]?(?:infinity|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)", re.ASCII | re.IGNORECASE
)


def true(value: Any) -> bool:
    """Tell whether a value counts as true; 0, -0, "", null, NaN and false do not."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return isinstance(value, Mapping | list) or bool(value)


def equal(one: Any, other: Any) -> bool:
    """Compare loosely: case does not count in text, and values of two types are compared as numbers."""
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if one is None and other is None:
        return True
    if isinstance(one, Mapping | list) or isinstance(other, Mapping | list):
        return one is other
    return number(one) == number(other)


def less(one: Any, other: Any) -> bool:
    """Tell whether one value comes before another: text by its letters, all else as numbers."""
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() < other.casefold()
    return number(one) < number(other)


def number(value: Any) -> float:
    """Return a value as a number; NaN where it is none."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping | list):
        return NOT_A_NUMBER
    written = text(value).strip()
    if not written:
        return 0.0
    return read_number(written) if NUMBER.fullmatch(written) else NOT_A_NUMBER


def text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "Object"
    if isinstance(value, list):
        return "Array"
    if isinstance(value, float):
        return (
            str(int(value)) if abs(value) < WHOLE and value.is_integer() else ODD.get(str(value), str(value))
        )
    return str(value)


def member(holder: Any, key: Any) -> Any:
    """Return what a mapping or list holds under a key, null for none; case does not count in names."""
    if isinstance(holder, Mapping):
        name = text(key)
        if name in holder:
            return holder[name]
        return next((value for own, value in holder.items() if own.casefold() == name.casefold()), None)
    if isinstance(holder, list) and not isinstance(key, str):
        at = number(key)
        return holder[int(at)] if 0 <= at < len(holder) else None
    return None
