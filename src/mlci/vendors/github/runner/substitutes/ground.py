"""What every stand-in begins with: the inputs it was given, the places it may use, and how it answers."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn


def inputs() -> dict[str, str]:
    given: Mapping[str, object] = json.loads(os.environ["INPUTS"])
    return {name: "" if value is None else str(value).strip() for name, value in given.items()}


def flag(given: Mapping[str, str], name: str) -> bool:
    """Return an input that is true or false, as YAML 1.2 writes them."""
    text = given[name]
    if text not in ("true", "True", "TRUE", "false", "False", "FALSE"):
        refuse(f"Input does not meet YAML 1.2 \"Core Schema\" specification: {name}: '{text}'")
    return text.lower() == "true"


def places() -> dict[str, str]:
    """Return the folders of this run, from the file that the stand-in's own words name."""
    found: dict[str, str] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return found


def workspace() -> Path:
    return Path(os.environ["GITHUB_WORKSPACE"])


def answer(name: str, value: str) -> None:
    tell("GITHUB_OUTPUT", name, value)


def export(name: str, value: str) -> None:
    """Set a variable for the steps that follow."""
    tell("GITHUB_ENV", name, value)


def tell(file: str, name: str, value: str) -> None:
    """Add a name and value to one of the runner's files; the mark around the value is in no value."""
    mark = f"end_{secrets.token_hex(8)}"
    with Path(os.environ[file]).open("a", encoding="utf-8") as stream:
        stream.write(f"{name}<<{mark}\n{value}\n{mark}\n")


def add_paths(folders: list[str]) -> None:
    """Put folders before all others on the PATH of the steps that follow, in this order."""
    with Path(os.environ["GITHUB_PATH"]).open("a", encoding="utf-8") as stream:
        stream.writelines(f"{folder}\n" for folder in reversed(folders))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def refuse(why: str) -> NoReturn:
    say(f"::error::{why}")
    sys.exit(1)
