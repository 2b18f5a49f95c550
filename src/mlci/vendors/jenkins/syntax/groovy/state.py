"""What the lexer knows at any point: the text, the open brackets and strings, and what is wrong so far."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from mlci.vendors.jenkins.syntax.groovy.tokens import Item, Piece, Problem

MAX_DEPTH = 64
MAX_PROBLEMS = 50


class Frame:
    """An open bracket, or a string that waits for its interpolation to end.

    Parameters
    ----------
    opener : a bracket, `${`, a quote, or nothing for the file itself
    start : where it was opened
    owner : the word before a bracket, to say in a message what was opened
    """

    __slots__ = ("items", "opener", "owner", "pieces", "start")

    def __init__(self, opener: str, start: int, owner: str = "") -> None:
        self.opener = opener
        self.start = start
        self.owner = owner
        self.items: list[Item] = []
        self.pieces: list[str | Piece] = []


class State:
    """One text being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.stack = [Frame("", 0)]
        self.words = 0
        self.pairs: list[tuple[int, int]] = []
        """Offsets of each closed brace and of what closed it."""

    @cached_property
    def line_starts(self) -> list[int]:
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def line(self, at: int) -> int:
        return bisect_right(self.line_starts, at)

    def fail(
        self, start: int, end: int, message: str, help: str | None = None, *, breaks: bool = True
    ) -> None:
        """Note a problem; nobody reads on beyond the first fifty."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(start, min(end, start + 200), message, help, breaks))
        elif breaks and not any(problem.breaks for problem in self.problems):
            self.problems[-1] = Problem(start, min(end, start + 200), message, help, breaks)

    def too_deep(self, at: int) -> int:
        """Give up on text nested beyond all reason; return the end of the text."""
        self.fail(at, at + 1, f"brackets are nested more than {MAX_DEPTH} deep")
        return len(self.text)
