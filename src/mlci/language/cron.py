"""A line of cron: what each of its five fields may hold."""

from __future__ import annotations

import re
from typing import NamedTuple


class Field(NamedTuple):
    """One of the five: its name, its least and greatest number, and the words that may stand for numbers."""

    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31),
    Field(
        "month", 1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    ),
    Field("day of week", 0, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
)
PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[0-9]{1,3}))?")


def mistake(line: str) -> str | None:
    """Say what is wrong with a line of five fields, None when nothing is."""
    for field, text in zip(FIELDS, line.split(), strict=False):
        for part in text.split(","):
            if not fits(part, field):
                return f"'{part}' is no {field.name}; expected {field.least} to {field.most}"
    return None


def fits(part: str, field: Field) -> bool:
    """Tell whether a field may hold `*`, a number, a word or a range, each with a step or without."""
    found = PART.fullmatch(part)
    if found is None or (found["step"] and not int(found["step"])):
        return False
    ends = [number(end, field) for end in (found["first"], found["last"]) if end is not None]
    inside = all(end is not None and field.least <= end <= field.most for end in ends)
    return inside and ends == sorted(ends, key=lambda end: end or 0)


def number(text: str, field: Field) -> int | None:
    """Return a number, or the one that a word stands for; None when it is neither."""
    if text.upper() in field.words:
        return field.least + field.words.index(text.upper())
    return int(text) if re.fullmatch("[0-9]{1,2}", text) else None
