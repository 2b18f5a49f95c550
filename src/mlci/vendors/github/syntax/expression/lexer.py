"""Cuts an expression into tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from mlci.vendors.github.syntax.expression.tree import ExpressionError
from mlci.yaml.patterns import lazy

MAX_LENGTH = 21_000
"""GitHub refuses a longer expression."""


class Token(NamedTuple):
    """`kind` is name, number, string, operator or end."""

    kind: str
    text: str
    start: int
    end: int


PATTERN = lazy(
    r"""\s*(?:
    (?P<name>[A-Za-z_][A-Za-z0-9_-]*)
    |(?P<string>'(?:[^']|'')*')
    |(?P<number>[-+]?(?:0x[0-9A-Fa-f]+|0o[0-7]+|(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![\w.]))
    |(?P<operator>==|!=|<=|>=|&&|\|\||[()\[\].!<>*,])
    )""",
    re.VERBOSE,
)
"""The expression for one token."""


def tokens(text: str) -> list[Token]:
    """Cut an expression (what stands between `${{` and `}}`) into tokens; the last one is `end`.

    Raises
    ------
    ExpressionError : a character or literal that is none of the language's, or too long a text
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters", 0)
    found: list[Token] = []
    match = PATTERN.match
    at, stop = 0, len(text.rstrip())
    while at < stop:
        hit = match(text, at)
        if hit is None:
            raise unexpected(text, at)
        kind = hit.lastgroup or ""
        found.append(Token(kind, hit[kind], hit.start(kind), hit.end()))
        at = hit.end()
    found.append(Token("end", "", stop, stop))
    return found


def unexpected(text: str, at: int) -> ExpressionError:
    """Say why no token begins at `at`."""
    at += len(text[at:]) - len(text[at:].lstrip())
    character = text[at]
    if character == '"':
        return ExpressionError("unexpected '\"': strings take single quotes, as in 'text'", at)
    if character == "'":
        return ExpressionError("the string is not closed: a single quote is missing", at, len(text) - at)
    if character in "0123456789" or (character in "+-" and text[at + 1 : at + 2].isdigit()):
        return ExpressionError("not a number as GitHub reads it; write it as in JSON, or 0x…", at)
    if character in "+-/%":
        return ExpressionError(f"unexpected '{character}': expressions have no arithmetic", at)
    if character in "=&|":
        return ExpressionError(f"unexpected '{character}'; did you mean '{character}{character}'?", at)
    if character in "{}$":
        return ExpressionError(f"unexpected '{character}' inside an expression", at)
    return ExpressionError(f"unexpected character '{character}'", at)


def number(text: str) -> float:
    """Read a number in any of the language's forms."""
    if text.lstrip("+-")[:2].lower() not in ("0x", "0o"):
        return float(text)
    try:
        return float(int(text, 0))
    except OverflowError:
        return float("inf")
