"""A scaffold's templates as the files of a repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlci.errors import EnvironmentLacks, InputError
from mlci.init.detect import Found
from mlci.init.questions import Answers
from mlci.planning import repository
from mlci.rendering.render import environment
from mlci.resources import shipped
from mlci.yaml.document import Document

FOLDER = "init"
DOT = "dot-"
"""Begins the name of a template whose file begins with a dot; packaging tools obey a real .gitignore."""
MAX_WHEEL = 64 * 2**20


def scaffold(answers: Answers, mlci: str) -> dict[str, str]:
    """Return the files of a scaffold that brings its own code."""
    return {path: text(answers, name, mlci) for name, path in templates(answers.scaffold)}


def templates(name: str) -> Iterator[tuple[str, str]]:
    """Yield each template of a scaffold, and the path that its file gets."""
    top = shipped("templates") / FOLDER / name
    for path in sorted(top.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            inside = path.relative_to(top).as_posix()
            yield inside, "/".join(dotted(part) for part in inside.split("/"))


def dotted(name: str) -> str:
    return f".{name.removeprefix(DOT)}" if name.startswith(DOT) else name


def text(answers: Answers, name: str, mlci: str, **more: Any) -> str:
    values = {"name": answers.name, "vendors": answers.vendors, "python": answers.python, "mlci": mlci}
    return environment(f"{FOLDER}/{answers.scaffold}").get_template(name).render(**values, **more)


def bare(answers: Answers, mlci: str, found: Found) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the files for a repository that has its own code, and what a person should look at.

    Inputs and outputs are read off the code, so they may not fit together; a stage whose files do not is
    written without them.
    """
    notes = list(found.notes)
    for attempt in (found, found.without_files()):
        files = {path: text(answers, name, mlci, found=attempt) for name, path in templates(answers.scaffold)}
        try:
            repository.parse(Document(repository.FILE, files[repository.FILE]), answers.folder)
        except InputError as error:
            notes.append(f"the stages stand without inputs and outputs: {first(error)}")
            continue
        return files, tuple(notes)
    raise InputError("this repository's scripts make no pipeline", help="write an issue with what they are")


def first(error: InputError) -> str:
    return error.findings[0].message if error.findings else str(error)


def wheel(spec: str) -> tuple[str, dict[str, bytes]]:
    """Return what mlci.yaml says of mlci; a wheel of this machine comes into the repository.

    Raises
    ------
    EnvironmentLacks : the wheel cannot be read, or is none
    """
    path = Path(spec)
    if path.suffix != ".whl" or not path.is_file():
        return spec, {}
    import zipfile

    if not zipfile.is_zipfile(path) or path.stat().st_size > MAX_WHEEL:
        raise EnvironmentLacks(f"{path} is no wheel", help="make one: pip wheel --no-deps .")
    inside = f"wheels/{path.name}"
    return inside, {inside: path.read_bytes()}
