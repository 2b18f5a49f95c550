"""An orb's source files as the one file that is published, by the rules of `circleci orb pack`.

`@orb.yml` is the top; each YAML file of commands, jobs, executors and examples is an entry by its own name;
in commands, jobs and executors a value that is nothing but `<<include(FILE)>>` becomes that file's text, in
which `<<` is written `\\<<` lest it be taken for a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import PurePosixPath
from typing import Any

from mlci.errors import InputError
from mlci.yaml.document import Document

TOP = "@orb.yml"
SECTIONS = ("executors", "commands", "jobs", "examples")
ORDER = ("version", "description", "display", "orbs", *SECTIONS)
INCLUDE = re.compile(r"<<\s*include\(([\w/.]+)\)?\s*>>")
WIDTH = 10_000
"""No text is folded."""


def pack(sources: Mapping[str, str]) -> str:
    """Return the packed orb.

    Parameters
    ----------
    sources : path from the source's folder -> text

    Raises
    ------
    InputError : there is no @orb.yml, a file is no YAML, or an include cannot be followed
    """
    if TOP not in sources:
        raise InputError(f"there is no {TOP}", help="it holds the orb's version and description")
    orb: dict[str, Any] = dict(load(TOP, sources[TOP]))
    for path, text in sorted(sources.items()):
        place = PurePosixPath(path)
        if len(place.parts) == 2 and place.parts[0] in SECTIONS and place.suffix in (".yml", ".yaml"):
            orb.setdefault(place.parts[0], {})[place.stem] = load(path, text)
    for section in SECTIONS[:3]:
        if section in orb:
            orb[section] = included(orb[section], sources)
    return dump({key: orb[key] for key in (*ORDER, *(set(orb) - set(ORDER))) if key in orb})


def load(path: str, text: str) -> dict[str, Any]:
    """Read one file, which must be a mapping."""
    data = Document(path, text).data
    if not isinstance(data, dict):
        raise InputError(f"{path} is no mapping")
    return data


def included(value: Any, sources: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: included(each, sources) for key, each in value.items()}
    if isinstance(value, list):
        return [included(each, sources) for each in value]
    return follow(value, sources) if isinstance(value, str) else value


def follow(text: str, sources: Mapping[str, str]) -> str:
    """Return a text, or the file that it includes."""
    found = INCLUDE.search(text)
    if found is None:
        return text
    if found[0] != text:
        raise InputError(f"an include must stand alone, as in `command: <<include(...)>>`: {text}")
    if found[1] not in sources:
        raise InputError(f"there is no {found[1]} to include")
    return sources[found[1]].replace("<<", "\\<<")


def dump(orb: Mapping[str, Any]) -> str:
    """Write an orb as YAML, text of several lines as a block."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(blocks(orb), text)
    return text.getvalue()


def blocks(value: Any) -> Any:
    """Return a value whose texts of several lines will be written as blocks."""
    from ruamel.yaml.scalarstring import LiteralScalarString

    if isinstance(value, Mapping):
        return {key: blocks(each) for key, each in value.items()}
    if isinstance(value, list):
        return [blocks(each) for each in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value.rstrip("\n") else value
