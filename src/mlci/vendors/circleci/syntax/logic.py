"""Conditions as a tree: what expressions and logic statements are read into, and what is written as them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Name:
    """A pipeline value."""

    text: str


@dataclass(frozen=True)
class Literal:
    """A text, number or boolean of an expression."""

    value: str | int | float | bool


@dataclass(frozen=True)
class Filled:
    """A value of a logic statement, whose `<< >>` are filled in."""

    piece: Any


@dataclass(frozen=True)
class Compare:
    """A comparison of two values."""

    operator: str
    one: Logic
    other: Logic


@dataclass(frozen=True)
class Equal:
    """Whether all values are the same."""

    values: tuple[Logic, ...]


@dataclass(frozen=True)
class Matches:
    """Whether a regular expression matches a value as a whole."""

    pattern: Logic
    value: Logic


@dataclass(frozen=True)
class Not:
    """The contrary."""

    term: Logic


@dataclass(frozen=True)
class All:
    """Every term holds; true without any."""

    terms: tuple[Logic, ...]


@dataclass(frozen=True)
class Some:
    """One term holds; false without any."""

    terms: tuple[Logic, ...]


Logic = Name | Literal | Filled | Compare | Equal | Matches | Not | All | Some
TRUE, FALSE = All(()), Some(())


def leaves(logic: Logic) -> Iterator[Logic]:
    """Yield every term that is not itself made of terms: comparisons and single values."""
    if isinstance(logic, Not):
        yield from leaves(logic.term)
    elif isinstance(logic, All | Some):
        for term in logic.terms:
            yield from leaves(term)
    else:
        yield logic
