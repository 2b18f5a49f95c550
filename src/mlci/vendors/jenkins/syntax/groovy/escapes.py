"""What a backslash or a doubled dollar means inside a Groovy string."""

from __future__ import annotations

import re

SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", "'": "'", '"': '"', "$": "$"}
ESCAPE = re.compile(r"\\(?:u+([0-9a-fA-F]{4})|([0-3]?[0-7]{1,2})|(\r?\n)|([\s\S]))")


def unescape(text: str, at: int) -> tuple[str, int, bool]:
    """Read the backslash escape at an offset of a quoted string.

    Returns
    -------
    the characters it stands for, the offset behind it, and whether Groovy knows it
    """
    found = ESCAPE.match(text, at)
    if found is None:
        return "\\", at + 1, False
    code, octal, newline, simple = found.groups()
    if code:
        return chr(int(code, 16)), found.end(), True
    if octal:
        return chr(int(octal, 8)), found.end(), True
    if newline:
        return "", found.end(), True
    return SIMPLE.get(simple, simple), found.end(), simple in SIMPLE


def unescape_slashy(text: str, at: int) -> tuple[str, int]:
    """Read the backslash at an offset of a slashy string, where it escapes the slash alone."""
    if text.startswith("\\/", at):
        return "/", at + 2
    return "\\", at + 1


def unescape_dollar(text: str, at: int) -> tuple[str, int] | None:
    """Read `$$` or `$/` at an offset of a dollar-slashy string; None when it is neither."""
    following = text[at + 1 : at + 2]
    if following == "$":
        return "$", at + 2
    if following == "/":
        return "/", at + 2
    return None
