"""Looks for the values of secrets in all that a vendor's run has left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mlci.engine import secret_leaks
from mlci.engine.secret_leaks import Leak

LEAST = 4
"""Characters below which a value is too common to be looked for."""
PRIVATE = ("machines",)
"""Folders that hold what a job alone sees."""


def leaks(folder: Path, secrets: Mapping[str, str]) -> Iterator[Leak]:
    """Yield each secret whose value shows in the folder of one vendor's run, and where."""
    return secret_leaks.leaks(files(folder), secrets, LEAST)


def too_short(secrets: Mapping[str, str]) -> Iterable[str]:
    return sorted(name for name, value in secrets.items() if len(value) < LEAST)


def files(folder: Path) -> Iterator[Path]:
    """Yield the files that others than one job see."""
    for path in secret_leaks.files(folder):
        if path.relative_to(folder).parts[0] not in PRIVATE:
            yield path
