"""How text is written into a Jenkinsfile, and how its lines are indented."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mlci.rendering.render import groovy

STEP = "    "
QUOTES = "'''"


def pairs(value: Mapping[str, Any]) -> str:
    """Write a mapping as named arguments: `time: 5, unit: 'MINUTES'`."""
    return ", ".join(f"{name}: {literal(each)}" for name, each in value.items())


def literal(value: Any) -> str:
    """Write a value as a Groovy literal, lists and mappings included."""
    if isinstance(value, Mapping):
        return (
            f"[{', '.join(f'{groovy(str(name))}: {literal(each)}' for name, each in value.items()) or ':'}]"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(each) for each in value)}]"
    return groovy(value)


def inside(value: Any) -> str:
    """Write text inside a double-quoted string whose holes are ours."""
    return re.sub(r"[\"$]", lambda found: "\\" + found[0], script(value))


def script(value: Any) -> str:
    """Write one line of a script between triple quotes, where only three single quotes need an escape."""
    text = str(value)
    body = groovy(text)[1:-1]
    return body if QUOTES in text else body.replace("\\'", "'")


FILTERS: Mapping[str, Callable[[Any], str]] = {"pairs": pairs, "inside": inside, "script": script}


def indent(text: str) -> str:
    """Indent each line by the blocks it stands in.

    Parameters
    ----------
    text : one statement a line, empty lines are left out; a line that ends with `{`, `->`, `[` or three
        quotes opens a block, one that begins with `}`, `]` or is three quotes closes it
    """
    out: list[str] = []
    depth, quoted = 0, False
    for raw in text.split("\n"):
        line = raw.strip()
        if not line:
            continue
        if line[:1] in ("}", "]") or (quoted and line == QUOTES):
            depth -= 1
        out.append(STEP * depth + line)
        if line.endswith(QUOTES):
            opened = not quoted and line != QUOTES
            depth += opened
            quoted = opened
        elif line.endswith(("{", "[", "->")) and not quoted:
            depth += 1
    return "\n".join(out) + "\n"
