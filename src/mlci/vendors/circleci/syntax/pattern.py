"""Regular expressions of Java's kind, and the names and patterns of filters."""

from __future__ import annotations

import re
import warnings

MAX_LENGTH = 500
"""Of a pattern that is judged before anything is matched with it."""
CERTAIN = ("unterminated", "unbalanced", "missing ), unterminated", "nothing to repeat", "multiple repeat")
"""How the faults begin that Java sees as Python does."""


def compiled(text: str) -> re.Pattern[str]:
    """Return a pattern for Python.

    Raises
    ------
    re.error, OverflowError, RecursionError : Python cannot read it
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", text))


def fault_of(text: str) -> str | None:
    """Say what is wrong with a regular expression; None when it is valid, or only filled in later."""
    if len(text) > MAX_LENGTH or "<<" in text:
        return None
    try:
        compiled(text)
    except (re.error, OverflowError, RecursionError) as error:
        return f"not a valid regular expression: {error}" if str(error).startswith(CERTAIN) else None
    return None


def between_slashes(text: str) -> str | None:
    """Return the regular expression that a filter's entry holds; None for a plain name."""
    return text[1:-1] if len(text) > 1 and text.startswith("/") and text.endswith("/") else None
