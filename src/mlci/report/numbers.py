"""Numbers of records, which may be anybody's: as floats, where they are any."""

from __future__ import annotations

from math import isfinite


def real(value: float | None) -> float | None:
    """Return a number as a float, None when it is none, not finite, or too large for one."""
    try:
        found = None if value is None else float(value)
    except OverflowError:
        return None
    return found if found is not None and isfinite(found) else None
