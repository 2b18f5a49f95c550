"""How runners with a GPU are called."""

from __future__ import annotations

import re
from functools import cache


@cache
def pattern() -> re.Pattern[str]:
    """Return what in a runner's name means a GPU."""
    return re.compile(r"(?<![a-z])(?:gpus?|cuda|nvidia|tesla|a100|h100|h200|l4|l40s?|t4|v100|a10g?)(?![a-z])")


def names_gpu(text: str) -> bool:
    """Tell whether a runner's name or options say that it has a GPU."""
    return pattern().search(text.lower()) is not None
