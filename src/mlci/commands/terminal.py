"""What is printed: plain text to a stream, with colour only where a person wants it."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def out(text: str = "") -> None:
    """Print a line of the answer."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Print a line for the person, beside the answer."""
    sys.stderr.write(f"{text}\n")


def coloured(stream: TextIO) -> bool:
    """Tell whether a stream wants colour: a terminal without NO_COLOR, or FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def unicode(stream: TextIO) -> bool:
    """Tell whether a stream can take line drawing and other characters beyond ASCII."""
    return (stream.encoding or "").lower().replace("-", "").startswith("utf")


def attended() -> bool:
    """Tell whether a person is there to answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")
