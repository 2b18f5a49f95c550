"""How text is written into a workflow so that GitHub reads back what went in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mlci.rendering.render import quoted, yaml
from mlci.vendors.github.render.pins import pinned

PLAIN = re.compile(r"[A-Za-z($][\w.'()&|=!<>,/@*{}$ -]*", re.ASCII)
"""Characters of an expression that need no quotes around it."""
BLOCK = re.compile(r"[!-~][ -~]*")
"""A line that may stand in a block scalar."""
OPEN, ESCAPED = "${{", "${{ '${{' }}"


def literal(text: str) -> str:
    """Return text that GitHub evaluates to itself: `${{` would begin an expression."""
    return text.replace(OPEN, ESCAPED)


def unescape(text: str) -> str:
    return text.replace(ESCAPED, OPEN)


def string(text: str) -> str:
    """Return text as a string of GitHub's expression language."""
    return "'" + text.replace("'", "''") + "'"


def text_filter(value: Any) -> str:
    """Write a user's text as a YAML scalar that holds no expression."""
    return yaml(literal(str(value)))


def expression(value: Any) -> str:
    """Write an expression of ours as a YAML scalar, plain where it can be."""
    text = str(value)
    return text if PLAIN.fullmatch(text) and not text.endswith(" ") else quoted(text)


def line(value: Any) -> str:
    """Write one line of a block scalar."""
    text = str(value)
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]", text):
        raise ValueError(f"not one line: {text!r}")
    return text


def lines(values: Iterable[Any], indent: int = 12) -> str:
    """Write texts as the lines of one scalar: a block where each can stand in it, else quoted."""
    texts = [str(value) for value in values]
    if not all(BLOCK.fullmatch(text) for text in texts):
        return quoted("\n".join(texts))
    if len(texts) == 1:
        return yaml(texts[0])
    return "|\n" + "\n".join(" " * indent + text for text in texts)


FILTERS: Mapping[str, Callable[..., str]] = {
    "text": text_filter,
    "expression": expression,
    "line": line,
    "lines": lines,
    "pin": lambda action: pinned(str(action)),
}
