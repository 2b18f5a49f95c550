"""How runners with a GPU are called."""

from __future__ import annotations

import re
from functools import cache

NAMES = ("gpu", "cuda", "nvidia", "tesla", "00", "l4", "t4", "a10")
"""One of these is in every name that the pattern fits."""


@cache
def pattern() -> re.Pattern[str]:
    """Return what in a runner's name means a GPU."""
    return re.compile(r"(?<![a-z])(?:gpus?|cuda|nvidia|tesla|a100|h100|h200|l4|l40s?|t4|v100|a10g?)(?![a-z])")


def names_gpu(text: str) -> bool:
    """Tell whether a runner's name or options say that it has a GPU."""
    lower = text.lower()
    return any(name in lower for name in NAMES) and pattern().search(lower) is not None
