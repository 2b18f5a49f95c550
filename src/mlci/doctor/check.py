"""One thing the doctor looks at."""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["fine", "missing", "advice"]


class Check(NamedTuple):
    """One thing, how it is, and how to mend it."""

    name: str
    state: State
    """missing: the pipeline cannot run here without it; advice: it can, but a person may want to know."""
    said: str
    mend: str = ""
    """A command that mends it, or what to do."""


def fine(name: str, said: str) -> Check:
    """Make a check that found nothing wrong."""
    return Check(name, "fine", said)


def missing(name: str, said: str, mend: str) -> Check:
    """Make a check that found something missing."""
    return Check(name, "missing", said, mend)


def advice(name: str, said: str, mend: str = "") -> Check:
    """Make a check that found something to know."""
    return Check(name, "advice", said, mend)
