"""Approvals in conditions: a person says yes by starting a build with a variable that names them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlci.vendors.travis.syntax.conditions.tree import (
    Call,
    Comparison,
    Condition,
    Regex,
    Text,
    comparisons,
    named,
)

APPROVE = "MLCI_APPROVE"
"""The variable that names what a person says yes to when starting a build by hand; commas part several."""
GIVEN = Call("env", (Text(APPROVE),))
SEVERAL = re.compile(r"\^\(\.\*,\)\?\(?([\w|-]+?)\)?\(,\.\*\)\?\$")


def among(names: Sequence[str]) -> Regex:
    """Return the expression that one of the names meets, alone or among others."""
    either = names[0] if len(names) == 1 else f"({'|'.join(names)})"
    return Regex(f"^(.*,)?{either}(,.*)?$")


def approvals_in(condition: Condition) -> list[Sequence[str]]:
    """Return the approvals that a condition asks for; of several together one is enough."""
    return [names_of(one) for one in comparisons(condition) if one.left == GIVEN]


def names_of(comparison: Comparison) -> Sequence[str]:
    if comparison.operator == "=~" and isinstance(comparison.right, Regex):
        found = SEVERAL.fullmatch(comparison.right.pattern)
        return found[1].split("|") if found else ()
    return named(comparison)
