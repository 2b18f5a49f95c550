"""Lines of cron, read to the numbers that each of their five fields holds; vendors name other limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

Reason = Literal["value", "bounds", "order", "step"]
DIGITS = re.compile("[0-9]{1,3}")


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
        "month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    ),
    Field("day of week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)


class CronError(ValueError):
    """A field holds what it may not.

    Parameters
    ----------
    reason : it is no value, one out of bounds, a range of the wrong order, or no step
    text : what is wrong: a number, a word, a range, or what stands behind a slash
    part : the part of the list that has it
    field : where it stands
    """

    def __init__(self, reason: Reason, text: str, part: str, field: Field) -> None:
        super().__init__(f"'{part}' is no {field.name}; expected {field.least} to {field.most}")
        self.reason, self.text, self.part, self.field = reason, text, part, field


def mistake(line: str) -> str | None:
    """Say what is wrong with a line of five fields, None when nothing is."""
    try:
        read_line(line)
    except CronError as error:
        return str(error)
    return None


def read_line(line: str, fields: Sequence[Field] = FIELDS) -> list[frozenset[int]]:
    """Return the numbers of each field of a line that has as many fields as there are.

    Raises
    ------
    CronError : a field holds what it may not
    """
    return [
        frozenset(number for part in text.split(",") for number in read_part(part, field))
        for field, text in zip(fields, line.split(), strict=False)
    ]


def read_part(part: str, field: Field) -> range:
    """Read `*`, a number, a word or a range, each with a step or without."""
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    low = field.least if span == "*" else read_number(first, part, field)
    high = read_number(last, part, field) if dash else field.most if slash or span == "*" else low
    if high < low:
        raise CronError("order", span, part, field)
    if slash and not (DIGITS.fullmatch(step) and int(step)):
        raise CronError("step", step, part, field)
    return range(low, high + 1, int(step) if slash else 1)


def read_number(text: str, part: str, field: Field) -> int:
    """Read a number, or the word that stands for one."""
    if text.lower() in field.words:
        return field.least + field.words.index(text.lower())
    if not DIGITS.fullmatch(text):
        raise CronError("value", text, part, field)
    if not field.least <= int(text) <= field.most:
        raise CronError("bounds", text, part, field)
    return int(text)
