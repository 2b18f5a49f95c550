"""Which file is what: the kinds of configuration the linter knows, told by a file's path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import PurePosixPath

from mlci.registry import LINTED
from mlci.yaml.patterns import lazy
from mlci.yaml.source import Kind

KINDS: tuple[Kind, ...] = tuple(kind for entry in LINTED for kind in entry.part("kinds").KINDS)
UNKNOWN = Kind("unknown", "", "unknown file", "dockerfile", r"(?!)")
"""A file that was named but told nothing of itself, or could not be read."""
EVERY = (*(kind.id for kind in KINDS), UNKNOWN.id)
YAML = tuple(kind.id for kind in KINDS if kind.syntax == "yaml")
BY_ID = {kind.id: kind for kind in KINDS}
ENDS = (".yml", ".yaml", ".groovy", "enkinsfile", ".jenkins", "ockerfile", "ontainerfile")
NAMES = ("Jenkinsfile", "Dockerfile", "Containerfile")
"""By such an end, or such a part, most files are told to be none of the kinds."""


@cache
def pattern(kind: Kind) -> re.Pattern[str]:
    """Return what the path of a file of a kind looks like."""
    return re.compile(rf"(?:^|.*/)(?:{kind.paths})\Z")


def by_path(path: str) -> Kind | None:
    """Return the kind of a file by its path ('/' between folders); None when it is no configuration."""
    if not path.endswith(ENDS) and not any(name in path for name in NAMES):
        return None
    return next((kind for kind in KINDS if pattern(kind).match(path)), None)


KEY = lazy(r"^[\"']?([\w-]+)[\"']?[ \t]*:", re.MULTILINE)
"""What a key of the top level looks like."""


def by_content(text: str, among: Sequence[Kind] = KINDS) -> Kind | None:
    """Guess the kind of a file that was named explicitly, by its text."""
    keys = set(KEY.findall(text))
    for kind in among:
        for mark in kind.content:
            if keys.issuperset(mark.split()) if kind.syntax == "yaml" else begins(mark, text):
                return kind
    return None


def begins(pattern: str, text: str) -> bool:
    return any(re.match(pattern, line.strip()) for line in text[:20_000].splitlines())


def of(path: PurePosixPath | str, text: str) -> Kind | None:
    """Return the kind of a file by its path, else by its text."""
    return by_path(str(path)) or by_content(text)
