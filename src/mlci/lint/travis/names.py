"""What a misspelt name was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches


def resolve(name: str, known: Iterable[str], aliases: Mapping[str, str]) -> str | None:
    """Return the known name nearest to one that is not known; None when nothing is near."""
    plain = re.sub(r"[^\w+.-]", "", name).lower()
    names = {*known, *aliases}
    for word in (plain, plain.replace("-", "_"), plain.replace("_", "-")):
        if word in names:
            return aliases.get(word, word)
    near = get_close_matches(plain[:60], sorted(names), n=1, cutoff=0.78)
    return aliases.get(near[0], near[0]) if near else None
