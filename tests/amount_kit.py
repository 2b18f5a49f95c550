"""How much the tests try: all of it, or in the fast loop a part (`--hypothesis-profile check`)."""

from __future__ import annotations

from hypothesis import settings

WHOLE, CHECK = "whole", "check"
FULL = 100
settings.register_profile(WHOLE, max_examples=FULL, deadline=None)
settings.register_profile(CHECK, max_examples=FULL // 4, deadline=None)
settings.load_profile(WHOLE)


def part(size: int) -> int:
    """Return how much of a size is tried: all, or a quarter in the fast loop."""
    return size * settings.default.max_examples // FULL  # type: ignore[union-attr]


def examples(count: int) -> settings:
    """Return the settings by which a property is tried on so many examples, or on a part of them."""
    return settings(max_examples=part(count))
