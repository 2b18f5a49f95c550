"""The file that holds secrets for a proof."""

from __future__ import annotations

from pathlib import Path

from mlci.engine.secrets import parse
from mlci.errors import InputError


def read_secret_file(path: Path) -> dict[str, str]:
    """Return the secrets of a file of NAME=value lines.

    Raises
    ------
    InputError : it cannot be read, or a line is no NAME=value
    """
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
