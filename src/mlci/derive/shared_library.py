"""jenkins/vars/: two steps of a shared library, with the page that Jenkins shows for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mlci import __version__
from mlci.derive import units
from mlci.language.catalogue import STAGES
from mlci.planning.plan import UV
from mlci.rendering.render import groovy, template

FOLDER = "jenkins/vars"
FILES = ("mlciSetup.groovy", "mlciSetup.txt", "mlciStage.groovy", "mlciStage.txt")
OWN: Mapping[str, str] = {
    "collects": "Jobs whose stashes are fetched first.",
    "stash": "false where no later stage collects what it leaves.",
    "reports": "Patterns of test reports to show beside mlci's own.",
    "artifacts": "Patterns of files to keep with the build beside its record and summary.",
    "allow_failure": "true where the build goes on although the work failed; the stage is unstable then.",
    "env": "Variables for mlci that Jenkins itself cannot hold, such as empty ones.",
}
"""What a call of mlciStage may have beside the options of the command that it runs."""
MATRIX = {"matrix": "In a matrix, the variables whose values name its cell, in the order of the axes."}
USES = {"uses": "The stage to run.", "with": "Its parameters, as mlci.yaml has them."}


def files() -> dict[str, str]:
    """Return both steps and their pages."""
    run, library = inputs("exec"), inputs("stage")
    values: dict[str, Any] = {
        "release": f"mlci=={__version__}",
        "uv": UV,
        "own": keys(OWN),
        "exec": keys(run),
        "stage": keys(library),
        "own_docs": tuple(described(OWN)),
        "exec_docs": tuple(described({**MATRIX, **run})),
        "stage_docs": tuple(described({**USES, **library})),
        "stages": [(stage.id, stage.summary) for stage in STAGES],
    }
    return {f"{FOLDER}/{name}": template("library", name, {}, **values) for name in FILES}


def inputs(command: str) -> dict[str, str]:
    """Return what a command takes and what each means; what the step itself does is left out."""
    return {each.name: each.doc for each in units.command_inputs(command) if each.name not in OWN}


def keys(given: Iterable[str]) -> str:
    """Return the keys a call may have, as a Groovy list."""
    return f"[{', '.join(map(groovy, given))}]"


def described(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each key, padded so that they stand in a column, and what it means."""
    width = max(map(len, given))
    for name, doc in given.items():
        yield name.ljust(width), doc
