"""Environment variables of a `.travis.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_letters, digits

from mlci.vendors.travis.syntax import secrets
from mlci.vendors.travis.syntax.problem import Problem
from mlci.vendors.travis.syntax.shapes import Environment
from mlci.yaml.document import Node
from mlci.yaml.nodes import BOOL, FLOAT, INT
from mlci.yaml.tree import entry, is_null, items, sequence

NAME = f"{ascii_letters}{digits}_."
QUOTED = re.compile(r"\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
SECTIONS = ("global", "jobs", "matrix")


def problems(shape: Environment, node: Node) -> Iterator[Problem]:
    if node.id == "mapping" and shape.top and any(one.name in SECTIONS for one in items(node)):
        yield from sections(node)
    else:
        yield from variables(node)


def sections(node: Node) -> Iterator[Problem]:
    found = items(node)
    names = {one.name for one in found}
    for one in found:
        if one.name in SECTIONS:
            if one.name == "matrix":
                said = "'matrix' is another word for 'jobs'"
                yield Problem("travis-alias", one.key, said, "info", None, "jobs")
                if "jobs" in names:
                    said = "'matrix' and 'jobs' are the same key; one overwrites the other"
                    yield Problem("travis-overwrite", one.key, said, "error", "put both under 'jobs'")
            yield from variables(one.value)
        else:
            said = f"'{one.name}' stands beside '{next(iter(names & set(SECTIONS)))}'"
            yield Problem(
                "travis-misplaced-key", one.key, said, "warning", "it belongs under 'jobs' or 'global'"
            )


def variables(node: Node) -> Iterator[Problem]:
    """Yield what is wrong with variables: a text, a mapping, or a list of either."""
    if is_null(node):
        return
    if node.id == "sequence":
        for one in sequence(node):
            yield from variables(one)
    elif node.id == "mapping":
        yield from mapping(node)
    elif node.tag in (BOOL, INT, FLOAT) and not node.style:
        said = f"'env' takes variables, got '{node.value}'"
        yield Problem("travis-type", node, said, "error", "write NAME=value")
    else:
        fault = text_fault(node.value)
        if fault is not None:
            yield Problem("travis-format", node, fault, "error", "write NAME=value")


def mapping(node: Node) -> Iterator[Problem]:
    if entry(node, "secure") is not None:
        yield from secrets.encrypted(node, ("env",))
        return
    for one in items(node):
        if one.value.id == "mapping":
            yield from secrets.encrypted(one.value, (one.name,))
        elif one.value.id == "sequence":
            said = f"the variable '{one.name}' takes text, got a list"
            yield Problem("travis-type", one.value, said, "error")


def text_fault(text: str) -> str | None:
    """Say what is wrong with variables written as `NAME=value NAME=value`."""
    bare = text.strip()
    if bare and not bare.startswith("#") and not sets_variable(text):
        return f"'{text[:40]}' sets no variable"
    rest = QUOTED.sub("", text)
    return f"a quote is not closed in '{text[:40]}'" if '"' in rest or "'" in rest else None


def sets_variable(text: str) -> bool:
    """Tell whether a name stands before one of the equals signs."""
    parts = text.split("=")[:-1]
    names = (part[len(part.rstrip(NAME)) :] for part in parts)
    return any(any(sign.isalpha() or sign == "_" for sign in name) for name in names)
