"""Where a key belongs that stands where Travis does not know it."""

from __future__ import annotations

from functools import cache

from mlci.vendors.travis.syntax.language import root
from mlci.vendors.travis.syntax.shapes import Many, Table

PARENTS = ("jobs", "notifications", "addons", "cache", "branches", "git")
TOO_COMMON = frozenset(
    ("name", "branch", "on", "timeout", "enabled", "disabled", "template", "if", "only", "update")
)


@cache
def homes() -> dict[str, str]:
    """Return the keys of the sections at the top of the file, with the section they belong to."""
    found: dict[str, str] = {}
    for section in PARENTS:
        shape = root().keys[section]
        inner = shape.item if isinstance(shape, Many) else shape
        if isinstance(inner, Table):
            for key in (*inner.keys, *inner.aliases):
                if key not in TOO_COMMON:
                    found.setdefault(key, section)
    return found


def is_short(shape: Table, name: str) -> bool:
    """Tell whether a key belongs to the section that may be left out: `jobs: {script: …}` is one job."""
    inner = shape.keys.get(shape.prefix) if shape.prefix else None
    inner = inner.item if isinstance(inner, Many) else inner
    return isinstance(inner, Table) and (name in inner.keys or name in inner.aliases)


def home(shape: Table, name: str, path: tuple[str, ...]) -> str | None:
    """Say where a key that is unknown in a table belongs; None when it is known nowhere near."""
    top = root()
    if path == ():
        section = homes().get(name)
        return None if section is None else f"under '{section}'"
    if name in TOO_COMMON:
        return None
    if name in top.keys or name in top.aliases:
        return "at the top of the file" if path[0] != "jobs" else "in the job, or at the top of the file"
    if len(path) > 1 and homes().get(name) == path[0]:
        return f"directly under '{path[0]}'"
    return None
