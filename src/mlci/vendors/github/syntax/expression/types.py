"""The types expressions are checked against, and which of them fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Simple(NamedTuple):
    """any, null, number, bool or string."""

    name: str


class Array(NamedTuple):
    """A list; `filtered` when it came from `.*`, whose members' properties may be taken at once."""

    item: Type
    filtered: bool = False


class Object(NamedTuple):
    """A mapping: its known properties, and what all others are; None when there are no others."""

    properties: Mapping[str, Type]
    rest: Type | None = None


Type = Simple | Array | Object

ANY = Simple("any")
NULL = Simple("null")
NUMBER = Simple("number")
BOOL = Simple("bool")
STRING = Simple("string")

OPEN = Object({}, ANY)
STRINGS = Object({}, STRING)
LIST = Array(ANY)

SCALARS = (NULL, NUMBER, BOOL, STRING)


def strict(properties: Mapping[str, Type]) -> Object:
    """Return an object that has these properties and no others; names in any case."""
    return Object({name.lower(): kind for name, kind in properties.items()})


def all_strings(names: Iterable[str]) -> Object:
    """Return an object whose only properties are these strings."""
    return Object({name.lower(): STRING for name in names})


def show(kind: Type) -> str:
    if isinstance(kind, Simple):
        return kind.name
    if isinstance(kind, Array):
        return f"array of {show(kind.item)}"
    return "object"


def fits(kind: Type, wanted: Type) -> bool:
    """Tell whether a value of one type may stand where another is wanted, with GitHub's coercions."""
    if kind is ANY or wanted is ANY or wanted is BOOL:
        return True
    if wanted is STRING:
        return kind in SCALARS
    if isinstance(wanted, Simple):
        return kind == wanted
    if isinstance(wanted, Array):
        return isinstance(kind, Array) and fits(kind.item, wanted.item)
    return isinstance(kind, Object)


def merge(left: Type, right: Type) -> Type:
    """Return the type of a value that is either of two."""
    if left == right:
        return left
    if isinstance(left, Simple) and isinstance(right, Simple):
        if ANY in (left, right):
            return ANY
        return STRING if NULL not in (left, right) else ANY
    if isinstance(left, Array) and isinstance(right, Array):
        return Array(merge(left.item, right.item), left.filtered or right.filtered)
    if isinstance(left, Object) and isinstance(right, Object):
        return merge_objects(left, right)
    return ANY


def merge_objects(left: Object, right: Object) -> Object:
    both = dict(left.properties)
    for name, kind in right.properties.items():
        both[name] = merge(both[name], kind) if name in both else kind
    if left.rest is None or right.rest is None:
        return Object(both, left.rest or right.rest)
    return Object(both, merge(left.rest, right.rest))


def comparable(left: Type, right: Type, operator: str) -> bool:
    """Tell whether comparing two types can ever mean something."""
    if ANY in (left, right):
        return True
    if operator in ("==", "!="):
        if NULL in (left, right):
            return True
        if isinstance(left, Simple) and isinstance(right, Simple):
            return True
        return type(left) is type(right)
    return left in (NUMBER, STRING) and right in (NUMBER, STRING)


def of_json(value: object) -> Type:
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, str):
        return STRING
    if isinstance(value, list):
        return Array(of_many(of_json(item) for item in value))
    if isinstance(value, dict):
        return strict({str(name): of_json(item) for name, item in value.items()})
    return NULL


def of_many(kinds: Iterable[Type]) -> Type:
    """Return the one type of several values; any for none."""
    merged: Type | None = None
    for kind in kinds:
        merged = kind if merged is None else merge(merged, kind)
    return ANY if merged is None else merged
