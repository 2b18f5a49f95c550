"""Terms of Travis CI's conditions: what attributes and variables are held against patterns of names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mlci.planning.conditions import translate
from mlci.vendors.travis.syntax.conditions.printer import literal
from mlci.vendors.travis.syntax.conditions.tree import Comparison, Operand, Operator, Regex, Text

OPPOSITES: Mapping[Operator, Operator] = {
    **{"=": "!=", "IN": "NOT IN", "=~": "!~", "IS": "IS NOT"},
    **{"!=": "=", "NOT IN": "IN", "!~": "=~", "IS NOT": "IS"},
}
WILD = re.compile(r"[*?]|/$")
"""What makes a pattern of a name."""


def matches(asked: Operand, patterns: Sequence[str]) -> Comparison | None:
    """Say that something matches one of the patterns: `=`, `IN` or `=~`; None when all do."""
    if "**" in patterns:
        return None
    if any(WILD.search(pattern) or literal(pattern) is None for pattern in patterns):
        return Comparison(asked, "=~", regex(patterns))
    if len(patterns) == 1:
        return Comparison(asked, "=", Text(patterns[0]))
    return Comparison(asked, "IN", tuple(map(Text, patterns)))


def negated(said: Comparison) -> Comparison:
    return replace(said, operator=OPPOSITES[said.operator])


def regex(patterns: Sequence[str]) -> Regex:
    bodies = [translate(pattern).pattern for pattern in patterns]
    return Regex(f"^({'|'.join(bodies)})$" if len(bodies) > 1 else f"^{bodies[0]}$")
