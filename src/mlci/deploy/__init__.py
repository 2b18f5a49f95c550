"""Where a packaged model can go: one module a target, one entry here."""

from __future__ import annotations


def ids() -> tuple[str, ...]:
    """Return the ids of the target types, as `type:` names them."""
    return ("local", "ssh")
