"""Patterns of branches, tags and paths: what GitHub's filters understand.

Source: GitHub's documentation, "Workflow syntax", filter pattern cheat sheet; `man git-check-ref-format`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

REF_FORBIDDEN = {" ": "a space", "~": "'~'", "^": "'^'", ":": "':'"}
ESCAPABLE = "[?+*\\!"
PART = re.compile(r"(?:^|(?<=/))\*\*/(?![?+])|\*\*|\*|\\.|\[[^\]]*\]|.", re.DOTALL)
"""One part of a pattern that means something by itself."""
RANGE = re.compile(r"(.)(?:-(.))?", re.DOTALL)
"""A character between brackets, or a range of them."""


class Fault(NamedTuple):
    """One thing wrong with a pattern, and its offset."""

    at: int
    message: str


def check(pattern: str, *, ref: bool) -> Iterator[Fault]:
    """Yield what is wrong with a pattern.

    Parameters
    ----------
    ref : whether it is one of branches or tags; else it is one of paths
    """
    if not pattern:
        yield Fault(0, "the pattern is empty")
        return
    body = pattern[1:] if pattern.startswith("!") else pattern
    shift = len(pattern) - len(body)
    if not body:
        yield Fault(0, "nothing follows the '!'")
        return
    yield from (Fault(fault.at + shift, fault.message) for fault in check_characters(body, ref=ref))
    yield from check_ends(pattern, body, ref=ref)


def check_ends(pattern: str, body: str, *, ref: bool) -> Iterator[Fault]:
    if ref:
        if body.startswith("/") or body.endswith("/"):
            yield Fault(0, "a branch or tag neither begins nor ends with '/'")
        if "//" in body:
            yield Fault(pattern.index("//"), "a branch or tag has no two '/' in a row")
        if body.endswith("."):
            yield Fault(len(pattern) - 1, "a branch or tag does not end with '.'")
        return
    if pattern != pattern.strip():
        yield Fault(0, "a path's pattern neither begins nor ends with a space")
    if any(part in (".", "..") for part in body.split("/")):
        yield Fault(0, "'.' and '..' match nothing; paths are relative to the top of the repository")


def check_characters(text: str, *, ref: bool) -> Iterator[Fault]:
    previous = ""
    for found in PART.finditer(text):
        part, at = found[0], found.start()
        if part[0] == "\\":
            yield from escape_faults(part[1:], at, ref=ref)
        elif part == "[":
            yield Fault(at, "the '[' is not closed")
            return
        elif part[0] == "[":
            yield from range_faults(part[1:-1], at + 1)
        elif part in "?+" and (not previous or previous in "?+*"):
            where = "begins the pattern" if not previous else f"follows '{previous}'"
            yield Fault(at, f"'{part}' means the character before it, but it {where}")
        elif ref and part in REF_FORBIDDEN:
            yield Fault(at, f"a branch or tag cannot hold {REF_FORBIDDEN[part]}; {NO_REGEX}")
        previous = "a" if part[0] == "\\" else part[-1]


NO_REGEX = "this is no regular expression"


def escape_faults(escaped: str, at: int, *, ref: bool) -> Iterator[Fault]:
    if not escaped:
        yield Fault(at, "nothing follows the '\\'")
    elif escaped not in ESCAPABLE and ref:
        yield Fault(at, f"'\\' escapes only special characters, not '{escaped}'; {NO_REGEX}")


def range_faults(text: str, at: int) -> Iterator[Fault]:
    if not text:
        yield Fault(at, "nothing stands between '[' and ']'")
    for found in RANGE.finditer(text):
        if found[2] and found[1] > found[2]:
            yield Fault(at + found.start(), f"the range '{found[0]}' ends before it begins")


def passes(patterns: Sequence[str], name: str) -> bool:
    """Tell whether patterns let a name through; the last one that matches decides, `!` takes away."""
    passed = False
    for pattern in patterns:
        negated = pattern.startswith("!")
        if regex_of(pattern.removeprefix("!")).fullmatch(name):
            passed = not negated
    return passed


@cache
def regex_of(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(part_regex(found[0]) for found in PART.finditer(pattern)))


def part_regex(part: str) -> str:
    match part[0]:
        case "*":
            return {"**/": "(?:.*/)?", "**": ".*"}.get(part, "[^/]*")
        case "?" | "+":
            return part
        case "[" if len(part) > 1:
            return f"[{RANGE.sub(range_regex, part[1:-1])}]"
        case "\\" if len(part) > 1:
            return re.escape(part[1])
        case _:
            return re.escape(part)


def range_regex(found: re.Match[str]) -> str:
    first, last = re.escape(found[1]), found[2]
    return f"{first}-{re.escape(last)}" if last else first
