"""Holding single values of a `.travis.yml` against what they may be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Severity
from mlci.vendors.travis.syntax import secrets
from mlci.vendors.travis.syntax.conditions.reader import Fault, condition_or_fault
from mlci.vendors.travis.syntax.names import resolve
from mlci.vendors.travis.syntax.problem import Path, Problem
from mlci.vendors.travis.syntax.shapes import Condition, Flag, Number, Secure, Text, names
from mlci.vendors.travis.syntax.values import DEPRECATED
from mlci.yaml.document import Node
from mlci.yaml.tree import is_null, items, sequence

FLAGS = frozenset(names("true false yes no on off enabled disabled required enable disable"))
TEMPLATE_VARIABLES = names(
    "repository repository_slug repository_name build_number build_id build_url branch commit commit_subject "
    "commit_message author pull_request pull_request_number pull_request_url compare_url result duration "
    "elapsed_time message"
)
QUOTE = "quote the whole line: a colon followed by a space makes a mapping"
Scalar = Text | Flag | Number | Secure | Condition


def problems(shape: Scalar, node: Node, path: Path, version: str) -> Iterator[Problem]:
    """Yield what is wrong with one value; `version` is that of the conditions."""
    if node.id == "sequence":
        yield from unexpected_list(node, path)
        node = sequence(node)[0] if sequence(node) else node
    if is_null(node) or node.id == "sequence":
        return
    if isinstance(shape, Secure):
        yield from secret(shape, node, path)
    elif node.id == "mapping":
        yield wrong_type("text", node, path)
    elif isinstance(shape, Condition):
        found = condition_or_fault(node.value, version)
        if isinstance(found, Fault):
            yield Problem("travis-condition", node, str(found))
    elif isinstance(shape, Flag):
        if node.value.lower() not in FLAGS:
            yield wrong_type("true or false", node, path)
    elif isinstance(shape, Number):
        if not re.fullmatch(r"-?\d[\d_]*(\.\d+)?", node.value.strip()):
            yield wrong_type("a number", node, path)
    else:
        yield from text(shape, node, path)


def unexpected_list(node: Node, path: Path) -> Iterator[Problem]:
    """Yield that a list stands where one value should; a list of one is taken for its item."""
    found = sequence(node)
    if len(found) > 1 or (found and found[0].id == "mapping"):
        said = f"'{name_of(path)}' takes one value, not a list; Travis uses the first"
        yield Problem("travis-type", node, said, "warning", "drop the dash")


def name_of(path: Path) -> str:
    return path[-1] if path else "the file"


def wrong_type(wanted: str, node: Node, path: Path) -> Problem:
    kinds = {"mapping": "a mapping", "sequence": "a list"}
    got = kinds.get(node.id) or f"'{node.value[:40]}'"
    inner = items(node)
    help = None
    if wanted == "text" and inner and " " in inner[0].name:
        help = QUOTE
    return Problem("travis-type", node, f"'{name_of(path)}' takes {wanted}, got {got}", "error", help)


def text(shape: Text, node: Node, path: Path) -> Iterator[Problem]:
    """Yield what is wrong with a text, by the values and the form it may have."""
    value: str = node.value.strip()
    if shape.values:
        yield from known(shape, node, value, path)
    elif shape.form is not None and not re.fullmatch(shape.form, value):
        yield Problem("travis-format", node, f"'{value[:60]}' is not {shape.said}")
    if path and path[-1] == "template":
        for name in re.findall(r"%\{(\w+)\}", value):
            if name not in TEMPLATE_VARIABLES:
                help = f"there are {', '.join(TEMPLATE_VARIABLES)}"
                yield Problem("travis-template", node, f"unknown variable '%{{{name}}}'", "warning", help)


def known(shape: Text, node: Node, value: str, path: Path) -> Iterator[Problem]:
    """Yield that a value is unknown, another word for a known one, or deprecated."""
    low = value.lower()
    if low in DEPRECATED:
        yield Problem("travis-deprecated", node, f"'{value}' is deprecated", "warning", DEPRECATED[low])
    if value in shape.values or low in shape.values:
        return
    if low in shape.aliases:
        said = f"'{value}' is another word for '{shape.aliases[low]}'"
        yield Problem("travis-alias", node, said, "info", None, shape.aliases[low])
        return
    near = resolve(value, shape.values, shape.aliases)
    severity: Severity = "error" if near is None else "warning"
    what = shape.said if shape.said != "text" else f"a value of '{path[-1]}'"
    help = f"did you mean '{near}'?" if near else f"Travis knows {', '.join(shape.values[:14])}"
    yield Problem("travis-value", node, f"'{value[:60]}' is not {what} Travis knows", severity, help)


def secret(shape: Secure, node: Node, path: Path) -> Iterator[Problem]:
    if node.id == "mapping":
        yield from secrets.encrypted(node, path)
    elif shape.strict and secrets.is_plain(node.value):
        help = "encrypt it with `travis encrypt`, or set it in the repository's settings and use $NAME"
        yield Problem(
            "travis-plain-secret", node, f"'{name_of(path)}' stands here in plain text", "warning", help
        )
