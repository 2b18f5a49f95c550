"""jenkins/vars/: two steps of a shared library, with the page that Jenkins shows for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlci import __version__, stages
from mlci.derive import units
from mlci.derive.units import Input
from mlci.render import groovy, template

FOLDER = "jenkins/vars"
FILES = ("mlciSetup.groovy", "mlciSetup.txt", "mlciStage.groovy", "mlciStage.txt")


def files() -> dict[str, str]:
    """Return both steps and their pages."""
    own, library = units.command_inputs("exec"), units.command_inputs("stage")
    values: dict[str, Any] = {
        "release": f"mlci=={__version__}",
        "exec_keys": keys("collects", own),
        "stage_keys": keys("uses", library, "with", "collects"),
        "exec_docs": tuple(described(own)),
        "stage_docs": tuple(described(library)),
        "stages": [(stage.id, stage.summary) for stage in stages.ALL],
    }
    return {f"{FOLDER}/{name}": template("library", name, {}, **values) for name in FILES}


def keys(first: str, given: Sequence[Input], *more: str) -> str:
    """Return the keys a call may have, as a Groovy list."""
    return "[" + ", ".join(groovy(name) for name in (first, *more, *(each.name for each in given))) + "]"


def described(given: Sequence[Input]) -> Iterator[tuple[str, str]]:
    """Yield each key, padded so that they stand in a column, and what it means."""
    width = max(len(each.name) for each in given)
    for each in given:
        yield each.name.ljust(width), each.doc
