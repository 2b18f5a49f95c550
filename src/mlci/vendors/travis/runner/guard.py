"""Scripts that first ask what has changed, `if grep … answers; then …; else …; fi`: read, not run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

GUARD = re.compile(r"\s*if grep -qx (?P<words>.*?); then .*?; else .*; fi\s*", re.DOTALL)
VARIABLE = re.compile(r"\$\{?(\w+)\}?")


def stopped(scripts: Sequence[str], answers: Mapping[str, bool], environ: Mapping[str, str]) -> str:
    """Return the answer that leaves a job without work, "" when it works.

    Parameters
    ----------
    scripts : the job's
    answers : what `mlci select` says of its workflow
    environ : variables that a script may name
    """
    said = {f"{name}={str(holds).lower()}" for name, holds in answers.items()}
    for script in scripts:
        found = GUARD.fullmatch(script)
        for pattern in patterns(found["words"]) if found else ():
            asked = VARIABLE.sub(lambda name: environ.get(name[1], ""), pattern)
            if asked in said:
                return asked
    return ""


def patterns(words: str) -> list[str]:
    """Return what a `grep` looks for; variables in it are left as they are."""
    try:
        parted = shlex.split(words)
    except ValueError:
        return []
    return [parted[at + 1] for at, word in enumerate(parted[:-1]) if word == "-e"]
