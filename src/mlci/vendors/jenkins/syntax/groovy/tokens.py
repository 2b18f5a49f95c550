"""What the lexer hands the parser: tokens, groups of them between brackets, and the lexer's complaints."""

from __future__ import annotations

from typing import NamedTuple

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}


class Problem(NamedTuple):
    """Text that is no Groovy: where, and why the compiler refuses it."""

    start: int
    """Offset of the first character that is wrong."""
    end: int
    message: str
    help: str | None = None
    breaks: bool = True
    """Whether what follows can no longer be trusted to mean what it seems."""


class Token(NamedTuple):
    """One word of Groovy."""

    kind: str
    """name, number, string, op, newline or end."""
    text: str
    """As written; a string's text is its first quote."""
    start: int
    end: int
    pieces: tuple[str | Piece, ...] = ()
    """Of a string only: its plain text, escapes resolved, and the `${…}` in it, in order."""


class Piece(NamedTuple):
    """One `${…}` or `$name` inside a string."""

    start: int
    end: int
    items: tuple[Item, ...]


class Group(NamedTuple):
    """What stands between a pair of brackets."""

    kind: str
    """The opening bracket: ( [ or {."""
    items: tuple[Item, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """The opening bracket, so that a group can be looked at as a token."""
        return self.kind


Item = Token | Group
