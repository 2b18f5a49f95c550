"""What a lint rule is, and how it mends what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from mlci.findings import Finding, Severity
from mlci.yaml.source import SourceFile


class Edit(NamedTuple):
    """A change of one stretch of a file; lines and columns count from 1, the end is not part of it."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class Rule(Protocol):
    """A module that looks for one mistake.

    Its docstring is its documentation: a sentence, why it matters, fenced examples under "Bad:" and "Good:".
    It may also have `fix(file, finding) -> Iterable[Edit]` when mending is safe and certain, and `SIGNS`,
    words one of which is in every file it has something to say of: other files are spared it.
    """

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    @property
    def ID(self) -> str:
        """The rule's id, in brackets behind each finding: words with '-' between."""

    @property
    def SEVERITY(self) -> Severity:
        """How bad it is by default."""

    @property
    def KINDS(self) -> tuple[str, ...]:
        """The ids of the kinds of file it looks at."""

    def check(self, file: SourceFile) -> Iterable[Finding]:
        """Find the mistake in one file; every finding's `rule` is ID."""


class Fixing(Protocol):
    """The part of a rule that can mend what it finds."""

    def fix(self, file: SourceFile, finding: Finding) -> Iterator[Edit]:
        """Yield the edits that mend one finding of the rule."""
