"""The values of GitHub's expressions: what is true, what is equal, and how they become text.

Source: GitHub's documentation, "Evaluate expressions in workflows and actions".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

NOT_A_NUMBER = float("nan")


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
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    if not isinstance(value, str):
        return NOT_A_NUMBER
    text = value.strip()
    if not text:
        return 0.0
    try:
        return float(int(text, 0)) if text[:2].lower() in ("0x", "0o") else float(text)
    except ValueError:
        return NOT_A_NUMBER


def text(value: Any) -> str:
    """Return a value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "Object"
    if isinstance(value, list):
        return "Array"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
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
