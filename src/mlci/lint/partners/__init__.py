"""Other linters of renown whose findings are merged with ours; each is a module that satisfies `Partner`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mlci.findings import Finding
from mlci.lint.rule import LintFile
from mlci.lint.settings import Options


class Partner(Protocol):
    """A module that runs one tool over many files at once."""

    @property
    def ID(self) -> str:
        """The tool's name."""

    @property
    def KINDS(self) -> tuple[str, ...]:
        """The kinds of file it understands."""

    def check(self, files: Sequence[LintFile], options: Options) -> list[Finding]:
        """Return what the tool says; nothing when it is not installed."""


PARTNERS: tuple[Partner, ...] = ()


def add(found: dict[str, list[Finding]], files: Sequence[LintFile], options: Options) -> None:
    """Add what each tool says to our own findings, by file."""
    for partner in PARTNERS:
        mine = [file for file in files if file.kind.id in partner.KINDS]
        for one in partner.check(mine, options) if mine else ():
            found.setdefault(one.mark.file, []).append(one)
