"""Ruby's regular expressions, in which Travis reads those of its conditions, as Python's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

PART = re.compile(
    r"""\\k<(?P<back>\w+)> | \\(?P<escaped>.)
      | (?P<opening>\[\^?)
      | \(\?(?P<flags>[imx]+)(?P<end>[:)])
      | (?P<group>\(\?<(?=\w) | \()
      | .""",
    re.DOTALL | re.VERBOSE,
)
SETS: Mapping[str, str] = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\s",
    "upper": "A-Z",
    "word": r"\w",
    "xdigit": "0-9a-fA-F",
}
POSIX = re.compile(rf"\[:({'|'.join(SETS)}):\]")
ESCAPES: Mapping[str, str] = {
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
    "H": "[^0-9a-fA-F]",
    "R": r"(?:\r\n|[\n-\r])",
    "e": r"\x1b",
}
MEANING = frozenset("AbBdDsSwWnrtfvaxupPkgGKX")
"""Other letters that mean something behind a backslash; what remains is itself."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str] | str:
    """Return a pattern of Ruby's as Python's, or why it cannot be read."""
    try:
        return re.compile(Translation(pattern).text, re.MULTILINE)
    except re.error as error:
        return error.msg
    except (OverflowError, RecursionError):
        return "it is too large"


class Translation:
    """A pattern written as Python has it."""

    def __init__(self, pattern: str) -> None:
        self.groups = [""]
        """What closes each open group beyond its parenthesis."""
        self.sets = 0
        """How many sets of characters are open; those within another add to it."""
        pattern = POSIX.sub(lambda found: SETS[found[1]], pattern)
        self.text = "".join(map(self.part, PART.finditer(pattern))) + self.groups[0]

    def part(self, found: re.Match[str]) -> str:
        if found["escaped"]:
            return self.escaped(found["escaped"])
        if self.sets:
            return self.in_set(found[0])
        if found["opening"]:
            self.sets = 1
        elif found["flags"]:
            return self.flags(found["flags"].replace("m", "s"), found["end"])
        elif found["group"]:
            self.groups.append("")
            return found[0].replace("?<", "?P<")
        elif found[0] == ")" and len(self.groups) > 1:
            return self.groups.pop() + ")"
        return f"(?P={found['back']})" if found["back"] else found[0]

    def escaped(self, letter: str) -> str:
        if letter == "h":
            return SETS["xdigit"] if self.sets else f"[{SETS['xdigit']}]"
        if not letter.isalpha() or letter in MEANING:
            return f"\\{letter}"
        return ESCAPES.get(letter, letter)

    def in_set(self, text: str) -> str:
        self.sets += text.startswith("[") - (text == "]")
        if text.startswith("[") or (text == "]" and self.sets):
            return ""
        return f"\\{text}" if text in ("&", "~", "|") else text

    def flags(self, flags: str, end: str) -> str:
        """Write flags; without a group of their own they hold to the end of the one they stand in."""
        if end == ":":
            self.groups.append("")
        else:
            self.groups[-1] += ")"
        return f"(?{flags}:"
