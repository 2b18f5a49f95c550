"""Secrets in a `.travis.yml`: encrypted ones that cannot be decrypted, and plain ones that leak."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.vendors.travis.syntax.problem import Path, Problem
from mlci.yaml.document import Node
from mlci.yaml.tree import entry, is_null, items

PLACEHOLDER = re.compile(
    r"(?i)your|example|secret|token|password|passwd|key|encrypted|xxx|changeme|placeholder|todo|foo|bar|<|\.\.\."
)


def is_plain(value: str) -> bool:
    """Tell whether a text is a real secret: long, of mixed characters, no variable, no placeholder."""
    text = value.strip()
    if not 16 <= len(text) <= 512 or re.search(r"[\s$%{]", text) or PLACEHOLDER.search(text):
        return False
    kinds = (r"[a-z]", r"[A-Z]", r"[0-9]")
    return sum(bool(re.search(kind, text)) for kind in kinds) >= 2 and len(set(text)) >= 8


def encrypted(node: Node, path: Path) -> Iterator[Problem]:
    """Yield what is wrong with a mapping that should hold an encrypted value."""
    secure = entry(node, "secure")
    name = path[-1] if path else "the file"
    if secure is None:
        said = f"'{name}' takes text or an encrypted value, got a mapping"
        yield Problem("travis-type", node, said, "error", "write `secure: …` beneath it")
        return
    if secure.value.id != "scalar" or is_null(secure.value):
        yield Problem("travis-secure", secure.key, "an encrypted value is text")
    elif "$" in secure.value.value:
        said = "a variable cannot stand in an encrypted value"
        yield Problem(
            "travis-secure", secure.value, said, "error", f"write `{name}: {secure.value.value[:40]}`"
        )
    for one in items(node):
        if one.name != "secure":
            yield Problem("travis-secure", one.key, f"'{one.name}' cannot stand beside 'secure'")
