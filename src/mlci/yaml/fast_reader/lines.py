"""What one line of YAML can look like, as patterns; all else is unusual."""

from __future__ import annotations

import re
from functools import cache

from mlci.yaml.patterns import lazy


class Unusual(Exception):
    """The text may well be YAML, but not of the kind that is read by lines."""


MAX_LENGTH = 400_000
"""A text with no more characters holds no more values than a file may."""
MAX_KEY = 1_000
"""What the parser takes for a key has an end."""

FIRST = r"""(?:[^\s\-?:,\[\]{}\#&*!|>'"%@`]|[-?:](?=\S))"""
TEXT = rf"{FIRST}[^\n:\#]*(?:(?::(?=\S)|(?<=\S)\#)[^\n:\#]*)*"
"""A plain scalar: neither ': ' nor ' #' is inside."""

# No two neighbours in these patterns take the same characters: what does not fit is told in linear time.
LINE = re.compile(
    rf"""(?!---|\.\.\.)
    ([ ]*)                                          # 1: the indentation
    ((?:-(?:[ ]+|(?=\n)))*)                         # 2: the dashes of list items
    (?:(?:
        ({FIRST}[^\n:\#]*(?::(?=\S)[^\n:\#]*)*)     # 3: a key
        | "([^"\\\n]*)"[ ]*                         # 4
        | '([^'\n]*)'[ ]*                           # 5
    ):(?:[ ]+|(?=\n)))?
    (?:
        ({TEXT})                                    # 6: a plain scalar
        | "([^"\\\n]*)"[ ]*                         # 7
        | '([^'\n]*)'[ ]*                           # 8
        | ([|>][-+]?)[ ]*                           # 9: the head of a block scalar
        | ([\[{{&*!'"][^\n]*)                       # 10: something to be looked at more closely
    )?
    (?:(?<!\S)\#[^\n]*)?\n""",
    re.VERBOSE | re.ASCII,
)
NOTHING, PLAIN, DOUBLE, SINGLE, BLOCK, OTHER = 2, 6, 7, 8, 9, 10
"""The last group that took part says what the line ends with; below PLAIN it has no value."""


@cache
def value() -> re.Pattern[str]:
    """Return what may follow an anchor or a tag; its groups are those of LINE from PLAIN on."""
    quoted = r"""\x22([^\x22\\\n]*)\x22 | '([^'\n]*)'"""
    return re.compile(rf"""({TEXT}) | {quoted} | ([|>][-+]?) | ([\[{{*'\x22][^\n]*)""", re.VERBOSE | re.ASCII)


MORE = lazy(
    r"[ ]*((?:[^\s:\#]|:(?=\S))[^\n:\#]*(?:(?::(?=\S)|(?<=\S)\#)[^\n:\#]*)*)(?:(?<!\S)\#[^\n]*)?\n",
    re.ASCII,
)
"""A line on which a plain scalar goes on."""

REST = lazy(r"[ ]*(?:(?<!\S)\#[^\n]*)?\n", re.ASCII)
"""What may follow a value on its line."""

BREAKS = lazy(r"[ ]*\n(?:[ ]*\n)*")
"""What may stand between two lines of a plain scalar."""

DOCUMENT = lazy(r"^---(?:[ ]+(?:\#[^\n]*)?)?\n", re.MULTILINE)

BLANK = lazy(r"(?:[ ]*(?:\#[^\n]*)?\n)*")

FOREIGN = lazy(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that YAML forbids, takes for the end of a line, or treats in a way of their own."""


COMMON = bytes((9, 10, *range(32, 127)))
"""Of the characters of ASCII those that are not foreign."""


def check(text: str) -> None:
    """Refuse a text that is long, holds characters of other meanings, or ends within a line of nothing.

    Raises
    ------
    Unusual : it does
    """
    last = text[text.rfind("\n") + 1 :]
    if len(text) > MAX_LENGTH or "\n..." in text:
        raise Unusual
    if text.encode().translate(None, COMMON) if text.isascii() else FOREIGN.search(text):
        raise Unusual
    if last and BLANK.fullmatch(f"{last}\n"):
        raise Unusual
