"""What a person gives to run in place of the actions of others: a folder for each repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlci.errors import input_error
from mlci.findings import Mark
from mlci.yaml.document import Document, read_document

RULE = "parity-stand-in"
FILES = ("action.yml", "action.yaml")


def folder_of(uses: str, given: Mapping[str, Path]) -> Path | None:
    """Return the folder that is given for the repository of an action; None for none."""
    repository = "/".join(uses.partition("@")[0].lower().split("/")[:2])
    return next((folder for name, folder in given.items() if name.lower() == repository), None)


def inputs_of(uses: str, folder: Path, mark: Mark) -> tuple[str, ...]:
    """Return the inputs of an action that runs from a given folder, in lower case.

    Raises
    ------
    InputError : there is no such action in it
    """
    inside = "/".join(uses.partition("@")[0].split("/")[2:])
    found = next((folder / inside / name for name in FILES if (folder / inside / name).is_file()), None)
    if found is None:
        said = f"what is to stand in for '{uses}' has no {FILES[0]} in {folder / inside}"
        raise input_error(mark, said, RULE, "name a folder as --stand-in OWNER/NAME=FOLDER")
    document: Document = read_document(found, str(found))
    data = document.data if isinstance(document.data, dict) else {}
    return tuple(str(name).lower() for name in data.get("inputs") or {})
