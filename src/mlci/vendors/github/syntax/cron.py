"""Times of the clock as GitHub takes them: cron, with limits of its own."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from mlci.language.cron import FIELDS, CronError, read_line

DAY, WEEKDAY = FIELDS[2], FIELDS[4]
OWN_FIELDS = (
    *FIELDS[:2],
    DAY._replace(name="day of the month"),
    FIELDS[3],
    WEEKDAY._replace(name="day of the week", most=6),
)
SHORTEST = 5
"""Minutes between two runs that GitHub starts."""


class TimeError(ValueError):
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


def read_times(text: str) -> Times:
    """Read a time.

    Raises
    ------
    TimeError : it is none; the message says why
    """
    count = len(text.split())
    if text.strip().startswith("@"):
        raise TimeError("GitHub does not know '@daily' and its like; write the five fields")
    if count != len(OWN_FIELDS):
        raise TimeError(f"expected 5 fields (minute hour day month weekday), found {count}")
    try:
        return Times(*read_line(text, OWN_FIELDS))
    except CronError as error:
        raise TimeError(worded(error)) from error


def worded(error: CronError) -> str:
    text, field = error.text, error.field
    match error.reason:
        case "value":
            names = f"; names are {', '.join(field.words)}" if field.words else ""
            return f"'{text}' is no {field.name}{names}"
        case "bounds":
            return f"{int(text)} is no {field.name}: it goes from {field.least} to {field.most}"
        case "order":
            return f"the range '{text}' of the {field.name} ends before it begins"
        case "step":
            return f"'/{text}' of the {field.name} is no step: it must be a number above 0"
