"""Cron lines, as POSIX has them with steps and names added."""

from __future__ import annotations

import re

FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of month", 1, 31),
    ("month", 1, 12),
    ("day of week", 0, 7),
)
NAMES = {
    "month": ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    "day of week": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}
ITEM = re.compile(r"(\*|\?|\w+(?:-\w+)?)(?:/(\w+))?")


def fault(line: str) -> str | None:
    """Say what is wrong with a cron line; None when it is valid."""
    fields = line.split()
    if len(fields) != len(FIELDS):
        return f"a cron line has five fields, this one has {len(fields)}"
    for (name, low, high), text in zip(FIELDS, fields, strict=True):
        for item in text.split(","):
            said = item_fault(name, low, high, item)
            if said is not None:
                return said
    return None


def item_fault(name: str, low: int, high: int, item: str) -> str | None:
    """Say what is wrong with one item of a field's list."""
    found = ITEM.fullmatch(item)
    if found is None:
        return f"'{item[:20]}' is no {name}"
    ends = [] if found[1] in "*?" else [number(name, word) for word in found[1].split("-")]
    step = None if found[2] is None else number("", found[2])
    for end in ends:
        if end is None or not low <= end <= high:
            return f"'{item[:20]}' is no {name}: expected {low} to {high}"
    if len(ends) == 2 and (ends[0] or 0) > (ends[1] or 0):
        return f"'{item[:20]}' ends before it begins"
    if found[2] is not None and not step:
        return f"'{item[:20]}' has no valid step"
    return None


def number(name: str, word: str) -> int | None:
    """Return the number of a word; None when it is none."""
    names = NAMES.get(name, [])
    if word[:3].lower() in names and word.isalpha():
        return names.index(word[:3].lower()) + (name == "month")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else None
