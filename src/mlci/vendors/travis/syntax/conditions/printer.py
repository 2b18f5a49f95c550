"""Writes conditions, with quotes and slashes where the reader needs them."""

from __future__ import annotations

import re

from mlci.vendors.travis.syntax.conditions.reader import condition_or_fault
from mlci.vendors.travis.syntax.conditions.tree import (
    Attribute,
    Both,
    Comparison,
    Condition,
    Either,
    Not,
    Operand,
    Predicate,
    Regex,
    Text,
)

PLAIN = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./-]*")
WORDS = re.compile(r"(?:in|is|not).*|and|or|true|false", re.IGNORECASE)
"""Words of the language, and what begins like one: quoted for those who read it."""

SLASH = re.compile(r"(?<!\\)/")


def printed(node: Condition) -> str:
    """Return a condition's text, of which the reader makes the same tree."""
    if isinstance(node, Either | Both):
        word = " OR " if isinstance(node, Either) else " AND "
        return word.join(grouped(term) for term in node.terms)
    if isinstance(node, Not):
        return f"NOT {grouped(node.term)}"
    if isinstance(node, Comparison):
        return f"{operand(node.left)} {node.operator} {right(node)}"
    if isinstance(node, Text) and reads(node.value, node):
        return node.value
    return operand(node)


def grouped(node: Condition) -> str:
    return f"({printed(node)})" if isinstance(node, Either | Both) else printed(node)


def operand(node: Operand) -> str:
    if isinstance(node, Attribute):
        return node.name
    if isinstance(node, Text):
        return literal(node.value) or f"'{node.value}'"
    return f"{node.function}{listed(node.arguments)}"


def listed(operands: tuple[Operand, ...]) -> str:
    return f"({', '.join(map(operand, operands))})"


def right(comparison: Comparison) -> str:
    found = comparison.right
    if isinstance(found, tuple):
        return listed(found)
    if isinstance(found, Predicate):
        return found.name
    return expression(found) if isinstance(found, Regex) else operand(found)


def literal(value: str) -> str | None:
    """Write a text; None when the language has no way to, for the want of escapes."""
    if PLAIN.fullmatch(value) and not WORDS.fullmatch(value) and reads(value.lower(), Text(value.lower())):
        return value
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else None


def expression(regex: Regex) -> str:
    """Write a regular expression: as it stands when it is one word, else between slashes."""
    asked = Comparison(Attribute("branch"), "=~", regex)
    if reads(f"(branch =~ {regex.pattern})", asked):
        return regex.pattern
    return "/" + SLASH.sub(r"\/", regex.pattern) + "/"


def reads(text: str, node: Condition) -> bool:
    return condition_or_fault(text) == node
