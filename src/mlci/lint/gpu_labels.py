"""How runners with a GPU are called."""

from __future__ import annotations

from mlci.yaml.patterns import lazy

NAMES = ("gpu", "cuda", "nvidia", "tesla", "00", "l4", "t4", "a10")
"""One of these is in every name that the pattern fits."""

PATTERN = lazy(r"(?<![a-z])(?:gpus?|cuda|nvidia|tesla|a100|h100|h200|l4|l40s?|t4|v100|a10g?)(?![a-z])")
"""What in a runner's name means a GPU."""


def names_gpu(text: str) -> bool:
    """Tell whether a runner's name or options say that it has a GPU."""
    lower = text.lower()
    return any(name in lower for name in NAMES) and PATTERN.search(lower) is not None
