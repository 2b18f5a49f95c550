"""What a condition means for one build, as Travis evaluates it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from mlci.vendors.travis.syntax.conditions.ruby_regex import compiled
from mlci.vendors.travis.syntax.conditions.tree import (
    Attribute,
    Both,
    Call,
    Comparison,
    Condition,
    Either,
    Not,
    Operand,
    Predicate,
    Regex,
    Text,
)

Value = str | bool | None
BOOLEANS: Mapping[str, bool] = {"true": True, "false": False}


class Facts(NamedTuple):
    """What a condition can ask about."""

    attributes: Mapping[str, str]
    env: Mapping[str, str]

    def hold(self, node: Condition) -> bool:
        if isinstance(node, Either):
            return any(map(self.hold, node.terms))
        if isinstance(node, Both):
            return all(map(self.hold, node.terms))
        if isinstance(node, Not):
            return not self.hold(node.term)
        if isinstance(node, Comparison):
            return self.meets(node) != node.operator.startswith(("!", "NOT", "IS NOT"))
        return truthy(self.value(node))

    def meets(self, node: Comparison) -> bool:
        """Tell whether a comparison holds, its negation left out."""
        left, right = self.value(node.left), node.right
        if isinstance(right, tuple):
            return left in map(self.value, right)
        if isinstance(right, Predicate):
            return truthy(left) == (right.name in ("present", "true"))
        if node.operator in ("=~", "!~"):
            return isinstance(left, str) and self.matches(right, left)
        return not isinstance(right, Regex) and left == self.value(right)

    def matches(self, right: Operand | Regex, left: str) -> bool:
        """Tell whether a text matches; nothing matches what a call makes and is no expression."""
        pattern = right.pattern if isinstance(right, Regex) else self.value(right)
        expression = compiled(pattern) if isinstance(pattern, str) else None
        return isinstance(expression, re.Pattern) and expression.search(left) is not None

    def value(self, node: Operand) -> Value:
        """Return what an operand stands for; the words true and false are booleans."""
        found = self.text(node)
        return found if found is None else BOOLEANS.get(found.lower(), found)

    def text(self, node: Operand) -> str | None:
        if isinstance(node, Text):
            return node.value
        if isinstance(node, Attribute):
            return self.attributes.get(node.name)
        return self.called(node)

    def called(self, call: Call) -> str | None:
        given = [self.text(each) or "" for each in call.arguments]
        if call.function == "env":
            return self.env.get(given[0]) if given else None
        return "".join(given)


def truthy(value: Value) -> bool:
    return value not in (None, "", False)
