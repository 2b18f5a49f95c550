"""Environment variables in .travis.yml: what `env` can carry goes there, the job exports the rest."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

WORD = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
QUOTABLE = re.compile(r"[^'\\\x00-\x1f\x7f-\x9f\u2028\u2029]*")
"""Values that all of Travis CI's own parsers of `env` leave alone between single quotes."""
EXPORT = "export "


def entries(env: Mapping[str, str]) -> list[str]:
    """Return the `NAME=value` entries of `env`, quoted for bash, which reads them."""
    return [f"{name}={quoted(value)}" for name, value in env.items() if QUOTABLE.fullmatch(value)]


def exports(env: Mapping[str, str]) -> list[str]:
    """Return the commands that set what `env` cannot carry."""
    hard = {name: value for name, value in env.items() if not QUOTABLE.fullmatch(value)}
    return [f"{EXPORT}{name}={shlex.quote(value)}" for name, value in hard.items()]


def quoted(value: str) -> str:
    return value if WORD.fullmatch(value) else f"'{value}'"


def read_lines(lines: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, equals, value = line.removeprefix(EXPORT).partition("=")
        if equals and name.isidentifier():
            words = shlex.split(value, posix=True) if value else [""]
            if len(words) == 1:
                found[name] = words[0]
    return found
