"""What a misspelt name was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache


def resolve(name: str, known: Iterable[str], aliases: Mapping[str, str]) -> str | None:
    """Return the known name nearest to one that is not known; None when nothing is near."""
    plain = re.sub(r"[^\w+.-]", "", name).lower()
    names = {*known, *aliases}
    for word in (plain, plain.replace("-", "_"), plain.replace("_", "-")):
        if word in names:
            return aliases.get(word, word)
    near = nearest(plain[:60], tuple(sorted(names)))
    return aliases.get(near, near) if near else None


@lru_cache(maxsize=4096)
def nearest(word: str, names: tuple[str, ...]) -> str | None:
    """Return the nearest name; the same mistakes are made again and again."""
    return next(iter(get_close_matches(word, names, n=1, cutoff=0.78)), None)
