"""What each keyword of JSON Schema (draft 7) asks of a value, by the types of value it asks something of.

Only what the shipped schemas use is here; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import repeat
from typing import Any

Schema = dict[str, Any] | bool
Keywords = dict[str, Any]
Fits = Callable[[Schema, Any], bool]
Test = Callable[[Fits, Any, Any, Any], bool]
"""Tells whether a value holds to what a keyword asks, given the whole part that the keyword stands in."""

MAX_PATTERN_TEXT = 2_000
"""Longer texts are not held against patterns: no name or version is, and some patterns are slow."""
NAMES: dict[type, frozenset[str]] = {
    dict: frozenset(["object"]),
    list: frozenset(["array"]),
    str: frozenset(["string"]),
    bool: frozenset(["boolean"]),
    type(None): frozenset(["null"]),
    int: frozenset(["integer", "number"]),
    float: frozenset(["number"]),
}

compiled = cache(re.compile)


def kind_of(value: Any) -> type:
    """Return the type that a value is judged as: 1.0 is a whole number."""
    return int if type(value) is float and value.is_integer() else type(value)


def is_a(names: str | list[str], kind: type) -> bool:
    """Tell whether a type is one of some; true is no number."""
    return not NAMES[kind].isdisjoint([names] if isinstance(names, str) else names)


def same(one: Any, other: Any) -> bool:
    """Tell whether two plain values are equal as JSON: true is not 1."""
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def matches(pattern: str, text: str) -> bool:
    return len(text) > MAX_PATTERN_TEXT or compiled(pattern).search(text) is not None


def missing(part: Keywords, value: dict[str, Any]) -> list[str]:
    """Return the required keys a mapping lacks; Azure's `ignoreCase` takes keys in any case."""
    if "ignoreCase" not in part:
        return [name for name in part["required"] if name not in value]
    given = {name.lower() for name in value}
    return [name for name in part["required"] if name.lower() not in given]


def repeated(items: list[Any]) -> list[int]:
    """Return the indices of items that stood before."""
    from json import dumps

    words = [dumps(item, sort_keys=True) for item in items]
    first = {word: index for index, word in reversed(list(enumerate(words)))}
    return [index for index, word in enumerate(words) if first[word] != index]


def named(part: Keywords, value: dict[str, Any]) -> list[tuple[str, Schema]]:
    """Return the entries that `properties` names, each with what it must fit."""
    own = part.get("properties", {})
    if "ignoreCase" not in part:
        return [(name, own[name]) for name in value if name in own]
    lower = {name.lower(): one for name, one in own.items()}
    return [(name, lower[name.lower()]) for name in value if name.lower() in lower]


def patterned(part: Keywords, value: dict[str, Any]) -> list[tuple[str, Schema]]:
    """Return the entries that `patternProperties` takes in, each with what it must fit."""
    patterns = part.get("patternProperties", {})
    return [(name, one) for text, one in patterns.items() for name in value if compiled(text).search(name)]


def additional(part: Keywords, value: dict[str, Any]) -> list[tuple[str, Schema]]:
    """Return the other entries, with what `additionalProperties` says."""
    known = part.get("properties", {})
    if "patternProperties" in part or "ignoreCase" in part:
        known = {name for name, _ in (*named(part, value), *patterned(part, value))}
    return [(name, part["additionalProperties"]) for name in value if name not in known]


ENTRIES = {"properties": named, "patternProperties": patterned, "additionalProperties": additional}


def entries(word: str) -> Test:
    ruled = ENTRIES[word]

    def test(fits: Fits, _: Any, value: dict[str, Any], part: Keywords) -> bool:
        for name, one in ruled(part, value):  # noqa: SIM110 -- a generator costs more than most tests
            if not fits(one, value[name]):
                return False
        return True

    return test


def conditional(fits: Fits, condition: Schema, value: Any, part: Keywords) -> bool:
    """`if`, `then`, `else`."""
    return fits(part.get("then" if fits(condition, value) else "else", True), value)


def dependent(fits: Fits, needs: dict[str, list[str]], value: dict[str, Any], part: Keywords) -> bool:
    """`dependencies`, of keys on keys."""
    return all(other in value for name, need in needs.items() if name in value for other in need)


EVERY: dict[str, Test] = {
    "const": lambda fits, wanted, value, part: same(value, wanted),
    "enum": lambda fits, values, value, part: any(same(value, one) for one in values),
    "not": lambda fits, one, value, part: not fits(one, value),
    "if": conditional,
    "allOf": lambda fits, parts, value, part: all(map(fits, parts, repeat(value))),
    "anyOf": lambda fits, parts, value, part: any(map(fits, parts, repeat(value))),
    "oneOf": lambda fits, parts, value, part: sum(map(fits, parts, repeat(value))) == 1,
}
NUMBER: dict[str, Test] = EVERY | {
    "minimum": lambda fits, least, value, part: value >= least,
    "maximum": lambda fits, most, value, part: value <= most,
}
TESTS: dict[type, dict[str, Test]] = {
    int: NUMBER,
    float: NUMBER,
    str: EVERY
    | {
        "minLength": lambda fits, least, value, part: len(value) >= least,
        "maxLength": lambda fits, most, value, part: len(value) <= most,
        "pattern": lambda fits, pattern, value, part: matches(pattern, value),
    },
    list: EVERY
    | {
        "items": lambda fits, one, value, part: all(map(fits, repeat(one), value)),
        "minItems": lambda fits, least, value, part: len(value) >= least,
        "maxItems": lambda fits, most, value, part: len(value) <= most,
        "uniqueItems": lambda fits, asked, value, part: not (asked and repeated(value)),
    },
    dict: EVERY
    | {
        "required": lambda fits, names, value, part: not missing(part, value),
        "propertyNames": lambda fits, one, value, part: all(map(fits, repeat(one), value)),
        "minProperties": lambda fits, least, value, part: len(value) >= least,
        "maxProperties": lambda fits, most, value, part: len(value) <= most,
        "dependencies": dependent,
    }
    | {word: entries(word) for word in ENTRIES},
}
