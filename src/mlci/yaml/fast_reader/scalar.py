"""Scalars that take more than a look: block scalars, and quotes with escapes or over several lines."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from mlci.yaml.fast_reader.lines import Unusual
from mlci.yaml.patterns import lazy

ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
}
BLANKS = " \t"


class Found(NamedTuple):
    """The value of a scalar, and the offset where it ends."""

    value: str
    end: int


@cache
def indented(columns: int) -> re.Pattern[str]:
    """Return the pattern of lines that are blank or indented at least so far."""
    return re.compile(rf"(?:[ ]{{{columns}}}[^\n]*\n|[ ]*\n)*")


@cache
def margin(columns: int) -> re.Pattern[str]:
    """Return the pattern of what is no part of the text at the beginning of a line."""
    return re.compile(rf"^[ ]{{1,{columns}}}", re.MULTILINE)


LEADING = lazy(r"((?:[ ]*\n)*)([ ]*)")
"""The blank lines a block begins with, and the indentation of the first that is not."""

DOUBLE = lazy(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)

SINGLE = lazy(r"'([^']*(?:''[^']*)*)'")

ESCAPE = lazy(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)

JOINT = lazy(r"\\(\n[ \t]*|.)", re.DOTALL)
"""An escape, that of a line end with the indentation behind it."""


def block(text: str, start: int, edge: int, head: str) -> Found:
    """Read the lines of a block scalar.

    Parameters
    ----------
    text, start : the text, and the offset of the line behind the head
    edge : the column its lines must be beyond
    head : such as `|`, `>-`
    """
    begin = LEADING.match(text, start)
    if begin is None or len(begin[2]) <= edge:
        raise Unusual
    columns = len(begin[2])
    if text.startswith("\t", begin.end()) or any(len(line) > columns for line in begin[1].split("\n")):
        raise Unusual
    found = indented(columns).match(text, start)
    if found is None or found.end() <= begin.end():
        raise Unusual
    value = margin(columns).sub("", found[0])
    if head[0] == ">":
        value = folded(value)
    return Found(chomped(value, head), found.end())


def chomped(value: str, head: str) -> str:
    """Drop line ends behind the text, as the head says."""
    if head.endswith("+"):
        return value
    return value.rstrip("\n") + ("" if head.endswith("-") else "\n")


def folded(value: str) -> str:
    """Join the lines of a folded scalar; those further in, and those around them, stay."""
    body = value.rstrip("\n")
    tail = value[len(body) :]
    out: list[str] = []
    before, breaks = " ", 0
    for number, line in enumerate(body.split("\n")):
        if not line:
            breaks += 1
            continue
        if number == breaks and not out:
            out.append("\n" * breaks)
        elif before[0] in BLANKS or line[0] in BLANKS:
            out.append("\n" * (breaks + 1))
        else:
            out.append("\n" * breaks or " ")
        out.append(line)
        before, breaks = line, 0
    return "".join(out) + tail


def quoted(text: str, start: int) -> Found:
    """Read a scalar in quotes, whose first stands at an offset."""
    found = (DOUBLE if text[start] == '"' else SINGLE).match(text, start)
    if found is None:
        raise Unusual
    inner = found[1]
    if text[start] == '"':
        return Found(unescaped(inner) if "\n" not in inner else doubled(inner), found.end())
    return Found(joined(inner.replace("''", "'")), found.end())


def doubled(inner: str) -> str:
    """Return the value of a scalar in double quotes over several lines; a `\\` joins two without a space."""
    if re.search(r"\\(?:\n[ \t]*\n|[ \t])", inner):
        raise Unusual
    return unescaped(joined(JOINT.sub(lambda found: found[0] if found[1][0] != "\n" else "", inner)))


def unescaped(inner: str) -> str:
    return ESCAPE.sub(escaped, inner) if "\\" in inner else inner


def escaped(found: re.Match[str]) -> str:
    """Return the character an escape stands for."""
    digits = found[1] or found[2] or found[3]
    if digits is None:
        if found[4] not in ESCAPES:
            raise Unusual
        return ESCAPES[found[4]]
    code = int(digits, 16)
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise Unusual
    return chr(code)


def joined(inner: str) -> str:
    """Join the lines of a quoted scalar: one line end becomes a space, of more all but one stay."""
    if "\n" not in inner:
        return inner
    first, *middle, last = inner.split("\n")
    out, breaks = [first.rstrip(BLANKS)], 0
    for line in middle:
        line = line.strip(BLANKS)
        if not line:
            breaks += 1
            continue
        out += ["\n" * breaks or " ", line]
        breaks = 0
    return "".join([*out, "\n" * breaks or " ", last.lstrip(BLANKS)])
