"""Suggestions among names a file's author chose, at a cost that hostile files cannot drive up."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from mlci.findings import suggest
from mlci.yaml.source import SourceFile

MOST_NAMES = 2_000
MOST_COMPARED = 100
PER_FILE = 200


class Budget:
    """How many suggestions a file may still ask for."""

    def __init__(self, file: SourceFile) -> None:
        self.left = PER_FILE


def near(word: str, known: Iterable[str]) -> str | None:
    """Return "did you mean 'image'?" for the nearest name; of many those of like length."""
    if len(word) >= 100:
        return None
    names = list(islice(known, MOST_NAMES))
    if len(names) > MOST_COMPARED:
        names = [name for name in names if abs(len(name) - len(word)) <= 3][:MOST_COMPARED]
    return suggest(word, names)


def hint(file: SourceFile, word: str, known: Iterable[str]) -> str | None:
    """Return a suggestion, for the first mistakes of a file at least."""
    budget = file.once(Budget)
    budget.left -= 1
    return near(word, known) if budget.left >= 0 else None
