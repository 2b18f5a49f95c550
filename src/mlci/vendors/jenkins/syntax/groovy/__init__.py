"""Reading Groovy without a Java machine: `read(text)` gives the statements of a file and what is wrong in it.

The reader is tolerant, because a pipeline's steps may hold any Groovy, and total: it returns for every
text, in time proportional to its length.
"""

from __future__ import annotations

from typing import NamedTuple

from mlci.findings import Mark
from mlci.vendors.jenkins.syntax.groovy.lexer import tokenize
from mlci.vendors.jenkins.syntax.groovy.state import State
from mlci.vendors.jenkins.syntax.groovy.statements import statements
from mlci.vendors.jenkins.syntax.groovy.tokens import Problem
from mlci.vendors.jenkins.syntax.groovy.tree import Statement


class Source(NamedTuple):
    """One Groovy file, read."""

    name: str
    text: str
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    state: State

    @property
    def broken(self) -> bool:
        """Whether brackets or strings are so wrong that the statements cannot be trusted."""
        return any(problem.breaks for problem in self.problems)

    def mark(self, start: int, end: int) -> Mark:
        """Return the place of a stretch of the text; its length stops at the end of its first line."""
        start = max(0, min(start, len(self.text)))
        line = self.state.line(start)
        column = start - self.state.line_starts[line - 1] + 1
        line_end = self.text.find("\n", start, max(start, end))
        return Mark(self.name, line, column, max(1, (end if line_end < 0 else line_end) - start))


def read_source(text: str, name: str) -> Source:
    """Read Groovy text.

    Parameters
    ----------
    text : the file's text
    name : the file's name as messages show it
    """
    items, problems, state = tokenize(text)
    return Source(name, text, statements(items, len(text)), tuple(problems), state)
