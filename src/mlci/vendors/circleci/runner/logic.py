"""Conditions evaluated: the trees that expressions and logic statements are read into."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from mlci.parity.part import Part
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.syntax.expression import Expression, is_expression, kind, misfit
from mlci.vendors.circleci.syntax.logic import All, Compare, Equal, Filled, Literal, Logic, Matches, Name, Not
from mlci.vendors.circleci.syntax.pattern import compiled, fault_of
from mlci.vendors.circleci.syntax.statement import Statement

COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda one, other: kind(one) == kind(other) and bool(one == other),
    "!=": lambda one, other: kind(one) != kind(other) or bool(one != other),
    "starts-with": str.startswith,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


def holds(part: Part, scope: Scope, *, expressions: bool = False) -> bool:
    """Tell whether a logic statement holds.

    Parameters
    ----------
    part : the statement
    scope : what its names mean
    expressions : whether a text without << >> is an expression, as under a workflow's `when`

    Raises
    ------
    InputError : it is none that CircleCI's reference describes
    """
    if expressions and is_expression(part.value):
        return evaluate(part, scope)
    read = Statement(part)
    for fault in read.faults:
        at = fault.at if isinstance(fault.at, Part) else part
        raise at.refuse(fault.message, fault.help, key=True)
    return truth(Evaluation(part, scope).value(read.tree))


def evaluate(part: Part, scope: Scope) -> bool:
    read = Expression(part.text())
    if read.fault is not None:
        raise part.refuse(f"not a valid expression: {read.fault}")
    return truth(Evaluation(part, scope).value(read.tree))


def truth(value: Any) -> bool:
    """Tell whether a value counts as true: not so false, null, 0, NaN and the empty text."""
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values are equal; true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


class Evaluation:
    """Evaluates the condition of one place."""

    def __init__(self, part: Part, scope: Scope) -> None:
        self.part, self.scope = part, scope

    def value(self, logic: Logic) -> Any:
        """Return the value of a tree, a boolean but for single values."""
        match logic:
            case Literal(value):
                return value
            case Name(text):
                return self.scope.value(text, self.part)
            case Filled(piece):
                return self.scope.fill(piece).value
            case Not(term):
                return not truth(self.value(term))
            case Compare(word, one, other):
                return self.compare(word, self.value(one), self.value(other))
            case Equal(values):
                first, *others = map(self.value, values)
                return all(alike(first, each) for each in others)
            case Matches(pattern, value):
                return full_match(self.part, str(self.value(pattern)), str(self.value(value)))
        found = (truth(self.value(term)) for term in logic.terms)
        return all(found) if isinstance(logic, All) else any(found)

    def compare(self, word: str, one: Any, other: Any) -> bool:
        said = misfit(word, kind(one), kind(other))
        if said is not None:
            raise self.part.refuse(said)
        return COMPARED[word](one, other)


def full_match(part: Part, pattern: str, text: str) -> bool:
    """Match a whole text; the pattern is Java's, of which Python knows all that branches need."""
    try:
        return compiled(pattern).fullmatch(text) is not None
    except (re.error, OverflowError, RecursionError) as error:
        said = fault_of(pattern) or f"the pattern {pattern!r} cannot be read here: {error}"
        raise part.refuse(said) from error
