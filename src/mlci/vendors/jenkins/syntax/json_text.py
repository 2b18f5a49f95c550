"""JSON with the place of every value, which Python's own reader does not keep."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

MAX_DEPTH = 64
SPACE = re.compile(r"[ \t\r\n]*")
BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{\]}]')
SCALAR = re.compile(r'"(?:[^"\\]++|\\.)*+"|[^\s,\]}]++')


class Value(NamedTuple):
    """One JSON value."""

    start: int
    end: int
    data: dict[str, Value] | list[Value] | str | int | float | bool | None

    def get(self, key: str) -> Value | None:
        """Return an object's member; None when there is none, or this is no object."""
        return self.data.get(key) if isinstance(self.data, dict) else None

    def items(self) -> list[Value]:
        """Return an array's items; none when this is no array."""
        return self.data if isinstance(self.data, list) else []

    def text(self) -> str | None:
        """Return a string's text; None when this is no string."""
        return self.data if isinstance(self.data, str) else None


class JsonProblem(Exception):
    """Text that is no JSON.

    Parameters
    ----------
    start : offset of the trouble
    message : what is wrong
    """

    def __init__(self, start: int, message: str) -> None:
        super().__init__(message)
        self.start = start
        self.message = message


def read_json(text: str) -> Value:
    """Read JSON text.

    Raises
    ------
    JsonProblem : the text is no JSON, or nested too deeply
    """
    check_depth(text)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise JsonProblem(error.pos, f"not valid JSON: {error.msg}") from error
    except ValueError as error:  # a number with thousands of digits
        raise JsonProblem(0, f"not valid JSON: {error}") from error
    value, _ = value_at(text, skip(text, 0))
    return value


def check_depth(text: str) -> None:
    """Refuse text with more brackets open at once than any pipeline has."""
    depth = 0
    for found in BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > MAX_DEPTH:
            raise JsonProblem(found.start(), f"brackets are nested more than {MAX_DEPTH} deep")


def skip(text: str, at: int) -> int:
    """Return the offset of the first visible character."""
    found = SPACE.match(text, at)
    return found.end() if found else at


def value_at(text: str, at: int) -> tuple[Value, int]:
    """Read the value at an offset of valid JSON; return it and the offset behind it."""
    if text[at] == "{":
        return object_at(text, at)
    if text[at] == "[":
        return array_at(text, at)
    found = SCALAR.match(text, at)
    end = found.end() if found else at + 1
    return Value(at, end, json.loads(text[at:end])), end


def object_at(text: str, start: int) -> tuple[Value, int]:
    """Read an object of valid JSON."""
    members: dict[str, Value] = {}
    at = skip(text, start + 1)
    while text[at] != "}":
        key, at = value_at(text, at)
        value, at = value_at(text, skip(text, skip(text, at) + 1))
        members[str(key.data)] = value
        at = skip(text, at)
        if text[at] == ",":
            at = skip(text, at + 1)
    return Value(start, at + 1, members), at + 1


def array_at(text: str, start: int) -> tuple[Value, int]:
    """Read an array of valid JSON."""
    items: list[Value] = []
    at = skip(text, start + 1)
    while text[at] != "]":
        value, at = value_at(text, at)
        items.append(value)
        at = skip(text, at)
        if text[at] == ",":
            at = skip(text, at + 1)
    return Value(start, at + 1, items), at + 1
