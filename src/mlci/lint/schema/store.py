"""The schemas that are shipped, each loaded when it is first needed."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

from mlci.lint.schema.checker import Checker
from mlci.resources import PACKAGE

FOLDER = PACKAGE / "lint" / "schemas"


@cache
def load(name: str) -> dict[str, Any]:
    """Return a shipped schema; those of other projects are kept compressed."""
    plain = FOLDER / f"{name}.json"
    raw = (
        plain.read_bytes() if plain.is_file() else gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes())
    )
    schema: dict[str, Any] = json.loads(raw)
    return schema


@cache
def checker(name: str) -> Checker:
    """Return the checker of a schema, or of one definition of it: `circleci#orb`."""
    file, _, part = name.partition("#")
    return Checker(load(file), part or None)
