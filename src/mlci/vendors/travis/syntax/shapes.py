"""The kinds of value a `.travis.yml` holds, as Travis's build config reference has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

NONE: Mapping[str, str] = MappingProxyType({})


class Text(NamedTuple):
    """A scalar; Travis takes numbers and booleans for their text."""

    values: tuple[str, ...] = ()
    """What it may be; anything when empty."""
    aliases: Mapping[str, str] = NONE
    form: str | None = None
    """A regular expression it must fit."""
    said: str = "text"


class Flag(NamedTuple):
    """true or false; `on`, `yes`, `required` and their like count."""


class Number(NamedTuple):
    """A number."""


class Secure(NamedTuple):
    """A secret: text, or encrypted as `secure: …`; strict when plain text leaks it."""

    strict: bool = True


class Condition(NamedTuple):
    """An `if`."""


class Environment(NamedTuple):
    """Environment variables; at the top of the file with `global` and `jobs`."""

    top: bool = False


class Many(NamedTuple):
    """A list of something, or one of it."""

    item: Shape


class Free(NamedTuple):
    """A mapping of names of the user's choice, or one value for all."""

    value: Shape
    only_map: bool = False


class Table(NamedTuple):
    """A mapping of known keys."""

    keys: Mapping[str, Shape]
    aliases: Mapping[str, str] = NONE
    prefix: str | None = None
    """The key that is meant when a value stands where the mapping should."""
    flag: bool = False
    """Whether true or false may stand in its place, to turn it on or off."""
    required: tuple[str, ...] = ()
    name: str = ""


class Choice(NamedTuple):
    """A mapping whose key `by` tells which of several tables it is."""

    by: str
    tables: Mapping[str, Table]


Shape = Text | Flag | Number | Secure | Condition | Environment | Many | Free | Table | Choice

TEXT, FLAG, NUMBER, CONDITION = Text(), Flag(), Number(), Condition()
TEXTS = Many(TEXT)
SECRET, OPEN = Secure(), Secure(strict=False)
SUFFIXES: Mapping[str, Shape] = MappingProxyType(
    {
        "?": FLAG,
        "#": NUMBER,
        "*": TEXTS,
        "!": SECRET,
        "~": OPEN,
        "%": Free(TEXT),
        "^": Free(SECRET),
    }
)


def names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def listed(file: str) -> list[tuple[str, str]]:
    """Return the lines `name: specification` of a file beside this one."""
    text = Path(__file__).with_name(file).read_text("utf-8")
    lines = (line.partition(": ") for line in text.splitlines() if line and not line.startswith("#"))
    return [(name, spec) for name, _, spec in lines]


def keys(spec: str) -> tuple[dict[str, Shape], dict[str, str]]:
    """Read keys and their aliases from a line.

    Each word is a key, with its aliases behind `|` and its type as the last character: `?` a flag, `#` a
    number, `*` a list, `!` a secret, `~` something not quite secret, `%` text by branch, `^` a secret by
    branch; none for text.
    """
    found: dict[str, Shape] = {}
    aliases: dict[str, str] = {}
    for word in spec.split():
        shape = SUFFIXES.get(word[-1], TEXT)
        name, *others = word.rstrip("".join(SUFFIXES)).split("|")
        found[name] = shape
        aliases.update(dict.fromkeys(others, name))
    return found, aliases


def table(
    spec: str,
    more: Mapping[str, Shape] = MappingProxyType({}),
    *,
    prefix: str | None = None,
    flag: bool = False,
    required: Iterable[str] = (),
    aliases: Mapping[str, str] = NONE,
    name: str = "",
) -> Table:
    """Make a table from a line of simple keys and a mapping of others."""
    simple, others = keys(spec)
    return Table({**simple, **more}, {**others, **aliases}, prefix, flag, tuple(required), name)
