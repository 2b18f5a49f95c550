"""What is made from the sources and kept in the repository: reference pages, schema, reusable units.

`make generate` writes them; a test fails when one is stale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from mlci.derive import actions, commands, house, language, library, orb, rules, shared_library, vendors

SOURCES: tuple[Callable[[], dict[str, str]], ...] = (
    language.files,
    vendors.files,
    library.files,
    commands.files,
    rules.files,
    actions.files,
    orb.files,
    shared_library.files,
    house.files,
)
"""Each returns path from the top of the repository -> text."""


def files() -> dict[str, str]:
    made: dict[str, str] = {}
    for source in SOURCES:
        made.update(source())
    return made


def stale(root: Path) -> Iterator[str]:
    for path, text in files().items():
        here = root / path
        if not here.is_file() or here.read_text(encoding="utf-8") != text:
            yield path
