"""Patterns of branches, tags and paths: what GitHub's filters understand.

Source: GitHub's documentation, "Workflow syntax", filter pattern cheat sheet; `man git-check-ref-format`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

REF_FORBIDDEN = {" ": "a space", "~": "'~'", "^": "'^'", ":": "':'"}
ESCAPABLE = "[?+*\\!"


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
    """Check how a pattern begins and ends."""
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
    """Check each character of a pattern."""
    at, previous = 0, ""
    while at < len(text):
        character = text[at]
        if character == "\\":
            fault = escape_fault(text, at, ref=ref)
            if fault is not None:
                yield fault
            previous, at = "a", at + 2
            continue
        if character == "[":
            end = text.find("]", at + 1)
            if end < 0:
                yield Fault(at, "the '[' is not closed")
                return
            yield from range_faults(text[at + 1 : end], at + 1)
            previous, at = "]", end + 1
            continue
        if character in "?+" and (not previous or previous in "?+*"):
            where = "begins the pattern" if not previous else f"follows '{previous}'"
            yield Fault(at, f"'{character}' means the character before it, but it {where}")
        elif ref and character in REF_FORBIDDEN:
            yield Fault(at, f"a branch or tag cannot hold {REF_FORBIDDEN[character]}; {NO_REGEX}")
        previous, at = character, at + 1


NO_REGEX = "this is no regular expression"


def escape_fault(text: str, at: int, *, ref: bool) -> Fault | None:
    """Check a backslash and what it escapes."""
    following = text[at + 1 : at + 2]
    if not following:
        return Fault(at, "nothing follows the '\\'")
    if following in ESCAPABLE or not ref:
        return None
    return Fault(at, f"'\\' escapes only special characters, not '{following}'; {NO_REGEX}")


def range_faults(text: str, at: int) -> Iterator[Fault]:
    """Check what stands between brackets."""
    if not text:
        yield Fault(at, "nothing stands between '[' and ']'")
    index = 0
    while index < len(text):
        if text[index + 1 : index + 2] == "-" and index + 2 < len(text):
            if text[index] > text[index + 2]:
                said = f"the range '{text[index : index + 3]}' ends before it begins"
                yield Fault(at + index, said)
            index += 3
        else:
            index += 1
