"""Groovy's operators and reserved words, and what a single word can be where it stands."""

from __future__ import annotations

from mlci.vendors.jenkins.syntax.groovy.tokens import Group, Item

WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
PREFIX = frozenset({"!", "-", "+", "~", "++", "--", "*", "&"})
DOTS = frozenset({".", "?.", "*.", ".&", ".@", "::"})
ASSIGNS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**=", "<<=", ">>=", ">>>="})
OPERATORS = (
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "<<",
    ">>",
    ">>>",
    "..",
    "..<",
    "<",
    "<=",
    ">",
    ">=",
    "==",
    "!=",
    "===",
    "!==",
    "<=>",
    "=~",
    "==~",
    "&&",
    "||",
    "&",
    "|",
    "^",
    "?:",
    "?",
)
BINARY = ASSIGNS | frozenset(OPERATORS)
JOINING = BINARY - ASSIGNS
NAMED = frozenset({"in", "instanceof", "as"})
PRIMITIVES = frozenset({"int", "long", "boolean", "char", "byte", "short", "float", "double", "void"})
PACKAGES = frozenset({"java", "hudson", "jenkins", "groovy", "org", "com"})
KEYWORDS = NAMED | frozenset({"else", "catch", "finally", "extends", "implements"})


def is_type(item: Item) -> bool:
    """Tell whether a word looks like a type's name."""
    return item[0] == "name" and (item.text in PRIMITIVES or item.text[:1].isupper() or item.text in PACKAGES)


def is_cast(item: Group, behind: Item) -> bool:
    """Tell whether a parenthesis is a `(Type)` before the value behind it."""
    if item.kind != "(" or not item.items or not is_type(item.items[0]):
        return False
    if not all(part[0] == "name" or part[1] in (".", "<", ">", ",", "[") for part in item.items):
        return False
    if behind[0] == "name":
        return behind[1] not in KEYWORDS
    return behind[0] in ("string", "number", "[", "(")


def begins_argument(item: Item) -> bool:
    """Tell whether an item behind a bare name is its argument."""
    if item[0] == "name":
        return item[1] not in KEYWORDS
    return item[0] in ("string", "number") or (item[0] == "op" and item[1] in ("!", "~"))


def continues(item: Item) -> bool:
    """Tell whether an item behind a call without parentheses is the next link of its chain."""
    return item[0] == "string" or (item[0] == "name" and item[1] not in KEYWORDS)


def is_parameter(item: Item) -> bool:
    """Tell whether an item can stand before a closure's arrow."""
    return item[0] in ("name", "newline", "[", "string", "number") or item[1] in (",", "=", ".", "<", ">")


def key_text(item: Item) -> str | None:
    """Return the text of what stands before a colon, when it can be a key."""
    if isinstance(item, Group):
        return "" if item.kind in "([" else None
    if item.kind == "string":
        return "".join(piece if isinstance(piece, str) else "${…}" for piece in item.pieces)
    return item.text if item.kind in ("name", "number") or item.text == "*" else None
