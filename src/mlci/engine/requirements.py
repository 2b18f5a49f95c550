"""The packages a pipeline declares, as far as mlci can read them; the key covers these and what they need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mlci.language.model import Requirements

LINE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*(?:$|[<>=!~;,@ (])")
MAX_BYTES = 4 * 2**20


class Unreadable(Exception):
    """The requirements name something else than packages; then all that is installed counts."""


class Wanted(NamedTuple):
    """A package and the extras asked of it, joined by commas."""

    name: str
    extras: str = ""


def declared(requirements: Requirements, root: Path) -> tuple[Wanted, ...] | None:
    """Return the packages that a pipeline installs; None when it declares none that mlci can read."""
    try:
        if requirements.file:
            return tuple(from_file(root / requirements.file, 0))
        if requirements.lock:
            return tuple(from_lock(root / requirements.lock))
    except (Unreadable, OSError, ValueError):
        return None
    return None


def from_file(path: Path, depth: int) -> Iterator[Wanted]:
    if depth > 10:
        raise Unreadable("requirements files include each other")
    text = path.read_text(encoding="utf-8")[:MAX_BYTES].replace("\\\n", " ")
    for line in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        include = re.match(r"(?:-r|--requirement)[ =]\s*(\S+)", line)
        if include:
            yield from from_file(path.parent / include.group(1), depth + 1)
        elif line.startswith(("-c", "--constraint", "--hash", "--index", "--extra-index", "-i", "--pre")):
            continue
        elif line:
            yield one(line)


def one(line: str) -> Wanted:
    found = LINE.match(line)
    if found is None:
        raise Unreadable(line)
    return Wanted(plain(found.group(1)), ",".join(plain(each) for each in (found.group(2) or "").split(",")))


def from_lock(path: Path) -> Iterator[Wanted]:
    import tomllib

    locked = tomllib.loads(path.read_text(encoding="utf-8"))
    for package in locked.get("package", ()):
        yield Wanted(plain(package["name"]))


def plain(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
