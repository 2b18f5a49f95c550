"""A condition as a tree: what it compares, and how that is joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Operator = Literal["=", "!=", "=~", "!~", "IN", "NOT IN", "IS", "IS NOT"]


@dataclass(frozen=True)
class Text:
    """A text, quoted or not."""

    value: str


@dataclass(frozen=True)
class Attribute:
    """Something that Travis knows of a build."""

    name: str


@dataclass(frozen=True)
class Call:
    """A variable, or several operands put together."""

    function: str
    arguments: tuple[Operand, ...]


Operand = Text | Attribute | Call


@dataclass(frozen=True)
class Regex:
    """A regular expression of Ruby's, without slashes around it."""

    pattern: str


@dataclass(frozen=True)
class Predicate:
    """What stands behind IS."""

    name: str


@dataclass(frozen=True)
class Comparison:
    """An operand held against something: a list behind IN, an expression or a call behind =~."""

    left: Operand
    operator: Operator
    right: Operand | Regex | Predicate | tuple[Operand, ...]


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    term: Condition


@dataclass(frozen=True)
class Both:
    """Conditions that must all hold."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    """Conditions one of which must hold."""

    terms: tuple[Condition, ...]


Condition = Operand | Comparison | Not | Both | Either


def both(terms: Sequence[Condition]) -> Condition:
    return terms[0] if len(terms) == 1 else Both(tuple(terms))


def either(terms: Sequence[Condition]) -> Condition:
    return terms[0] if len(terms) == 1 else Either(tuple(terms))


def comparisons(node: Condition) -> Iterator[Comparison]:
    if isinstance(node, Comparison):
        yield node
    elif isinstance(node, Not):
        yield from comparisons(node.term)
    elif isinstance(node, Both | Either):
        for term in node.terms:
            yield from comparisons(term)


def named(comparison: Comparison) -> tuple[str, ...]:
    right = comparison.right if isinstance(comparison.right, tuple) else (comparison.right,)
    asked = right if comparison.operator in ("=", "IN") else ()
    return tuple(one.value for one in asked if isinstance(one, Text))
