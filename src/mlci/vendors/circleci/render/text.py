"""How text is written into a CircleCI configuration so that CircleCI reads back what went in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mlci.rendering.render import RESERVED, quoted, yaml

PLAIN = re.compile(r"""[A-Za-z(<][\w.()<>=!"', /@*{}$-]*""", re.ASCII)
"""Characters of an expression of ours that need no quotes around it."""


def literal(text: str) -> str:
    r"""Return text that CircleCI keeps: `<<` would begin a parameter, `\<<` stands for it."""
    return re.sub("<<+", escape_run, text)


def escape_run(found: re.Match[str]) -> str:
    r"""Return a run of `<` as `\<<` pairs, an odd one first, so that no `<<` stands without its backslash."""
    return "<" * (len(found[0]) % 2) + "\\<<" * (len(found[0]) // 2)


def text_filter(value: Any) -> str:
    """Write a user's text as a YAML scalar that holds no parameter."""
    return yaml(literal(str(value)))


def expression(value: Any) -> str:
    """Write an expression or a parameter of ours as a YAML scalar, plain where it can be."""
    text = str(value)
    plain = PLAIN.fullmatch(text) and not text.endswith(" ") and text.lower() not in RESERVED
    return text if plain else quoted(text)


def line(value: Any) -> str:
    """Write one line of a block scalar."""
    text = str(value)
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]", text):
        raise ValueError(f"not one line: {text!r}")
    return literal(text)


FILTERS: Mapping[str, Callable[[Any], str]] = {
    "text": text_filter,
    "expression": expression,
    "line": line,
    "placed": str,
}
"""`placed` is for lines that are YAML already, each scalar in them quoted."""
