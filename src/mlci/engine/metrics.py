"""Metrics: numbers that a stage leaves in JSON files, read strictly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any

from mlci.errors import StageError

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 20


def read_metrics(root: Path, paths: Sequence[str]) -> dict[str, float]:
    """Return the numbers of a stage's metrics files; nested names are joined by dots.

    When there are several files, each number's name starts with its file's: "train.accuracy".

    Raises
    ------
    StageError : a file is no JSON object of finite numbers
    """
    found: dict[str, float] = {}
    for path in paths:
        prefix = f"{PurePosixPath(path).stem}." if len(paths) > 1 else ""
        found |= {f"{prefix}{name}": value for name, value in numbers(path, load(root, path), "", 0)}
    return dict(sorted(found.items()))


def load(root: Path, path: str) -> Mapping[str, Any]:
    try:
        with (root / path).open("rb") as file:
            text = file.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise StageError(f"the metrics file '{path}' is larger than {MAX_BYTES >> 20} MiB")
        said = json.loads(text)
    except OSError as error:
        raise StageError(f"cannot read the metrics file '{path}': {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise StageError(f"the metrics file '{path}' is not valid JSON: {error}") from error
    if not isinstance(said, dict):
        raise StageError(f"the metrics file '{path}' must hold an object, such as {{\"accuracy\": 0.97}}")
    return said


def numbers(path: str, said: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, float]]:
    """Yield every number of an object with its name."""
    for name, value in said.items():
        if isinstance(value, dict) and depth < MAX_DEPTH:
            yield from numbers(path, value, f"{prefix}{name}.", depth + 1)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            kind = type(value).__name__
            raise StageError(
                f"the metric '{prefix}{name}' in '{path}' is no number but a {kind}; "
                "write what is no single number to an output of its own"
            )
        elif not isfinite(value):
            raise StageError(f"the metric '{prefix}{name}' in '{path}' is {value}")
        else:
            yield f"{prefix}{name}", value
