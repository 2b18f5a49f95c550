"""Times of the clock as cron writes them, with GitHub's limits."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple


class Field(NamedTuple):
    """One of the five fields."""

    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    """Names for its values, from `least` on."""


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of the week", 0, 6, DAYS),
)

SHORTEST = 5
"""Minutes between two runs that GitHub starts."""


class CronError(ValueError):
    """The text is no time GitHub understands."""


class Times(NamedTuple):
    """The values of each field."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @property
    def interval(self) -> int:
        """The least minutes between two runs, within a day and over its end; 24 hours for one run a day."""
        minutes = sorted(self.minutes)
        gaps = [after - before for before, after in pairwise(minutes)]
        next_to = any((hour + 1) % 24 in self.hours for hour in self.hours)
        if next_to:
            gaps.append(60 - minutes[-1] + minutes[0])
        return min(gaps, default=24 * 60)


def parse(text: str) -> Times:
    """Read a time.

    Raises
    ------
    CronError : it is none; the message says why
    """
    parts = text.split()
    if text.strip().startswith("@"):
        raise CronError("GitHub does not know '@daily' and its like; write the five fields")
    if len(parts) != len(FIELDS):
        raise CronError(f"expected 5 fields (minute hour day month weekday), found {len(parts)}")
    return Times(*(values(part, field) for part, field in zip(parts, FIELDS, strict=True)))


def values(text: str, field: Field) -> frozenset[int]:
    """Read one field: `*`, `5`, `1-5`, `*/15`, `1,2`."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        found |= set(range(*bounds(span, field, open_end=bool(slash)), steps(step, field) if slash else 1))
    return frozenset(found)


def bounds(text: str, field: Field, *, open_end: bool) -> tuple[int, int]:
    """Read a span as its first value and the one after its last."""
    if text == "*":
        return field.least, field.most + 1
    first, dash, last = text.partition("-")
    start = value(first, field)
    if not dash:
        return start, (field.most if open_end else start) + 1
    end = value(last, field)
    if end < start:
        raise CronError(f"the range '{text}' of the {field.name} ends before it begins")
    return start, end + 1


def value(text: str, field: Field) -> int:
    """Read one value, a number or a name."""
    lower = text.lower()
    if lower in field.words:
        return field.words.index(lower) + field.least
    if not text.isdecimal() or len(text) > 3:
        raise CronError(f"'{text}' is no {field.name}{names(field)}")
    number = int(text)
    if not field.least <= number <= field.most:
        raise CronError(f"{number} is no {field.name}: it goes from {field.least} to {field.most}")
    return number


def steps(text: str, field: Field) -> int:
    """Read what stands behind a slash."""
    if not text.isdecimal() or len(text) > 3 or int(text) == 0:
        raise CronError(f"'/{text}' of the {field.name} is no step: it must be a number above 0")
    return int(text)


def names(field: Field) -> str:
    """Say which names a field knows."""
    return f"; names are {', '.join(field.words)}" if field.words else ""
