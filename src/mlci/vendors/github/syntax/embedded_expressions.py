"""The `${{ … }}` in a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlci.yaml.patterns import lazy


class EmbeddedExpression(NamedTuple):
    """One `${{ … }}`: what stands inside, where that begins, and where the whole begins and ends."""

    text: str
    inner: int
    start: int
    end: int
    closed: bool


END_PATTERN = lazy(r"'[^']*'|\}\}")
"""The pattern of what ends an expression; a string may hold `}}`."""


def expressions_in(text: str) -> Iterator[EmbeddedExpression]:
    """Yield each expression of a text; the last one may not be closed."""
    start = text.find("${{")
    while start >= 0:
        inner = start + 3
        for found in END_PATTERN.finditer(text, inner):
            if found[0] == "}}":
                yield EmbeddedExpression(text[inner : found.start()], inner, start, found.end(), True)
                start = text.find("${{", found.end())
                break
        else:
            yield EmbeddedExpression(text[inner:], inner, start, len(text), False)
            return


def is_whole(text: str) -> bool:
    """Tell whether a text is one expression and nothing else, not even white space around it."""
    if not text.startswith("${{"):
        return False
    first = next(expressions_in(text))
    return first.closed and first.end == len(text)


def mask(text: str, replace: str = "_") -> str:
    """Return the text with each expression replaced by as many characters, so that offsets stay."""
    if "${{" not in text:
        return text
    out, at = [], 0
    for piece in expressions_in(text):
        out += [text[at : piece.start], replace * (piece.end - piece.start)]
        at = piece.end
    return "".join([*out, text[at:]])
