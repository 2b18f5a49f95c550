"""`mlci init`: a repository to start from, whole, with tests of its own; or mlci.yaml for one."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mlci.errors import InputError
from mlci.init.detect import Found, detect
from mlci.init.placing import BACKUP, Placed, compare, place
from mlci.init.questions import Answers, Ask, settle
from mlci.init.render import bare, scaffold, wheel
from mlci.language import schema
from mlci.planning.repository import FILE

SCHEMA = ".mlci/mlci.schema.json"


class Scaffold(NamedTuple):
    """Something to start from."""

    id: str
    summary: str
    own_code: bool = False
    """Whether the scripts are the user's, and are looked for."""


ALL: tuple[Scaffold, ...] = (
    Scaffold("digits", "real handwritten digits, offline; trains in seconds"),
    Scaffold("fashion-mnist", "70,000 pictures of clothes; trains in half a minute"),
    Scaffold("bare", "your own scripts: finds them, what they need, and what they read and write", True),
)


def ids() -> tuple[str, ...]:
    return tuple(each.id for each in ALL)


@dataclass(frozen=True)
class Report:
    """What `init` has done."""

    answers: Answers
    placed: tuple[Placed, ...]
    notes: tuple[str, ...] = ()
    """What a person should look at."""

    @property
    def written(self) -> list[Path]:
        """The files that were written, from the folder's top."""
        return [Path(one.path) for one in self.placed if one.state in ("new", "replaced", "extended")]

    def lines(self) -> list[str]:
        """Say what became of each file, what to look at, and what comes next."""
        said = [one.line() for one in self.placed if one.state != "same"]
        return [*said, *(f"note: {note}" for note in self.notes), *next_steps(self.answers.folder)]


def next_steps(folder: Path) -> tuple[str, ...]:
    here = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    return (f"next: {here}mlci generate && mlci run; mlci doctor tells what else is needed",)


def init(
    folder: Path,
    scaffold: str | None = None,
    answers: Mapping[str, str] | None = None,
    ask: Ask | None = None,
    *,
    force: bool = False,
) -> Report:
    """Write a scaffold's files into a folder.

    Parameters
    ----------
    folder : where; made if need be
    scaffold : one of `ids()`; asked for, or the first, when not given
    answers : what is known already, by question: name, vendors ("github,travis"), python, mlci (a pinned
        release, a wheel's path, a git URL); an empty answer counts as none
    ask : asks a person; without it the rest takes its default
    force : replace files that are there and differ; the old ones stay as NAME.orig

    Raises
    ------
    InputError : an answer is wrong, or there is another mlci.yaml already; nothing is written then
    EnvironmentLacks : the folder cannot be written
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is no folder", help="name a folder; it is made if it is not there")
    known = {**(answers or {}), **({"scaffold": scaffold} if scaffold else {})}
    found = detect(folder)
    given = settle(folder, known, ask, found, ALL)
    files, binary, notes = contents(given, found)
    placed = compare(folder, files, binary)
    refuse_other_pipeline(placed, force)
    return Report(given, tuple(place(folder, one, files, binary, force=force) for one in placed), notes)


def contents(answers: Answers, found: Found) -> tuple[dict[str, str], dict[str, bytes], tuple[str, ...]]:
    """Return every file of a scaffold, text and binary, and what a person should look at."""
    notes: tuple[str, ...] = ()
    spec, binary = wheel(answers.mlci)
    if next(each for each in ALL if each.id == answers.scaffold).own_code:
        files, notes = bare(answers, spec, found)
    else:
        files = scaffold(answers, spec)
    return {**files, SCHEMA: schema.text()}, binary, notes


def refuse_other_pipeline(placed: list[Placed], force: bool) -> None:
    """Write nothing over another pipeline unless asked to."""
    if not force and any(one.path == FILE and one.state == "kept" for one in placed):
        raise InputError(
            f"there is another {FILE} already; nothing was written",
            help=f"`mlci generate` renders it; --force replaces it, and keeps it as {FILE}{BACKUP}",
        )
