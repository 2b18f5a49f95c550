"""Travis CI's condition language, v1: comparisons, with values quoted where they must be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlci.planning.conditions import translate

PLAIN = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./-]*")
WORDS = re.compile(
    r"(?:env|concat|in|is|not).*|and|or|true|false|type|repo|head_repo|os|dist|group|sudo|language|sender|fork"
    r"|branch|head_branch|tag|commit_message",
    re.IGNORECASE,
)
"""Unquoted words that the parser takes for something else: attributes, operators, starts of functions."""
OPPOSITES = {"=": "!=", "IN": "NOT IN", "=~": "!~"}
WILD = re.compile(r"[*?]|/$")
"""What makes a pattern of a name."""


def literal(value: str) -> str | None:
    """Write a value as the language does; None when it has no way to, for the want of escapes."""
    if PLAIN.fullmatch(value) and not WORDS.fullmatch(value):
        return value
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else None


def matches(attribute: str, patterns: Sequence[str]) -> str:
    """Say that an attribute matches one of the patterns: `=`, `IN` or `=~`; "" when all do."""
    if "**" in patterns:
        return ""
    values = [None if WILD.search(pattern) else literal(pattern) for pattern in patterns]
    if None in values:
        return f"{attribute} =~ {regex(patterns)}"
    if len(values) == 1:
        return f"{attribute} = {values[0]}"
    return f"{attribute} IN ({', '.join(str(value) for value in values)})"


def negated(said: str) -> str:
    """Return the opposite of what `matches` said."""
    attribute, operator, value = said.split(" ", 2)
    return f"{attribute} {OPPOSITES[operator]} {value}"


def regex(patterns: Sequence[str]) -> str:
    """Return patterns as one expression.

    It starts with ^, ends with $ and holds no space, so it needs no slashes around it; the parser takes all
    between the first slash and the last of the whole condition for one expression.
    """
    bodies = [translate(pattern).pattern for pattern in patterns]
    return f"^({'|'.join(bodies)})$" if len(bodies) > 1 else f"^{bodies[0]}$"
