"""Conditions: logic statements, and expressions such as `pipeline.git.branch == "main"`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from mlci.parity.part import Part
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.syntax.boolean import COMPARISONS, Parser, Token

OPERATORS = ("and", "or", "not", "equal", "matches")
MAX_DEPTH = 100


def holds(part: Part, scope: Scope, *, expressions: bool = False, depth: int = 0) -> bool:
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
    value = part.value
    if depth > MAX_DEPTH:
        raise part.refuse("the condition is nested too deeply")
    if isinstance(value, Mapping):
        return statement(part, scope, depth)
    if isinstance(value, list):
        raise part.refuse("a list is no condition", "put it under `and:` or `or:`")
    if expressions and isinstance(value, str) and "<<" not in value:
        return evaluate(part, scope)
    return truth(scope.fill(part).value)


def truth(value: Any) -> bool:
    """Tell whether a value counts as true: not so false, null, 0, NaN and the empty text."""
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def statement(part: Part, scope: Scope, depth: int) -> bool:
    """Evaluate one operator."""
    found = list(part.entries())
    if len(found) != 1 or found[0][0] not in OPERATORS:
        raise part.refuse(f"a condition has exactly one of {', '.join(OPERATORS)}")
    name, given = found[0]
    if name == "not":
        return not holds(given, scope, depth=depth + 1)
    if name == "matches":
        return matches(given.only(("pattern", "value"), "matches"), scope)
    if not isinstance(given.value, list) or not given.value:
        raise given.refuse(f"'{name}' needs a list of at least one")
    if name == "equal":
        values = [scope.fill(each).value for each in given.items()]
        return all(alike(values[0], each) for each in values[1:])
    each_holds = (holds(each, scope, depth=depth + 1) for each in given.items())
    return all(each_holds) if name == "and" else any(each_holds)


def kind(value: Any) -> str:
    """Return what kind of value it is to an expression."""
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values are equal; true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def matches(part: Part, scope: Scope) -> bool:
    """Tell whether a value matches a regular expression as a whole."""
    pattern, value = part.get("pattern"), part.value.get("value")
    if pattern is None or "value" not in part.value:
        raise part.refuse("'matches' needs a pattern and a value")
    text = scope.fill(part.child("value")).value if value is not None else ""
    return full_match(pattern, str(scope.fill(pattern).value), str(text))


def full_match(part: Part, pattern: str, text: str) -> bool:
    """Match a whole text; the pattern is Java's, of which Python knows all that branches need."""
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error as error:
        raise part.refuse(f"the pattern {pattern!r} cannot be read: {error}") from error


def evaluate(part: Part, scope: Scope) -> bool:
    """Evaluate an expression."""
    parsed = Parser(part.text())
    if parsed.fault is not None:
        raise part.refuse(f"no valid expression: {parsed.fault.message}")
    return truth(Expression(part, parsed.tokens, scope).either())


class Expression:
    """Evaluates an expression whose syntax is known to be right."""

    def __init__(self, part: Part, tokens: list[Token], scope: Scope) -> None:
        self.part, self.tokens, self.scope = part, tokens, scope
        self.at = 0

    def peek(self) -> str:
        """Return the next operator or name, "" for anything else."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return "" if token is None or token.kind in ("text", "number") else token.text

    def either(self) -> Any:
        """Evaluate `a or b`."""
        value = self.both()
        while self.peek() == "or":
            self.at += 1
            other = self.both()
            value = truth(value) or truth(other)
        return value

    def both(self) -> Any:
        """Evaluate `a and b`."""
        value = self.comparison()
        while self.peek() == "and":
            self.at += 1
            other = self.comparison()
            value = truth(value) and truth(other)
        return value

    def comparison(self) -> Any:
        """Evaluate `a == b`."""
        value = self.operand()
        while self.peek() in COMPARISONS:
            operator = self.peek()
            self.at += 1
            value = self.compare(operator, value, self.operand())
        return value

    def compare(self, operator: str, one: Any, other: Any) -> bool:
        """Compare two values."""
        if operator in ("==", "!="):
            return (kind(one) == kind(other) and one == other) == (operator == "==")
        if operator == "starts-with":
            if not (isinstance(one, str) and isinstance(other, str)):
                raise self.part.refuse("'starts-with' compares texts")
            return one.startswith(other)
        if {kind(one), kind(other)} != {"number"}:
            raise self.part.refuse(f"'{operator}' compares numbers")
        return ORDER[operator](one, other)

    def operand(self) -> Any:
        """Evaluate a value, a group, or what is negated; `not` binds most tightly."""
        if self.peek() == "not":
            self.at += 1
            return not truth(self.operand())
        if self.peek() == "(":
            self.at += 1
            value = self.either()
            self.at += 1
            return value
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        if token.text in ("true", "false"):
            return token.text == "true"
        return self.scope.value(token.text, self.part)


ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": lambda one, other: bool(one >= other),
    ">": lambda one, other: bool(one > other),
    "<=": lambda one, other: bool(one <= other),
    "<": lambda one, other: bool(one < other),
}
