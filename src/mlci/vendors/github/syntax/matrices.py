"""The types of a job's `matrix` context, inferred from `strategy.matrix`."""

from __future__ import annotations

from mlci.vendors.github.syntax.embedded_expressions import expressions_in
from mlci.vendors.github.syntax.expression import contexts
from mlci.vendors.github.syntax.expression.parser import parse
from mlci.vendors.github.syntax.expression.semantics import check
from mlci.vendors.github.syntax.expression.tree import ExpressionError
from mlci.vendors.github.syntax.expression.types import (
    ANY,
    BOOL,
    NULL,
    NUMBER,
    OPEN,
    STRING,
    Array,
    Object,
    Type,
    merge,
    of_many,
    strict,
)
from mlci.vendors.github.syntax.form.walk import is_expression
from mlci.vendors.github.syntax.model import Job, keyed
from mlci.yaml.document import Node
from mlci.yaml.nodes import BOOL as BOOL_TAG
from mlci.yaml.nodes import FLOAT, INT
from mlci.yaml.nodes import NULL as NULL_TAG

SCALARS: dict[str, Type] = {BOOL_TAG: BOOL, INT: NUMBER, FLOAT: NUMBER, NULL_TAG: NULL}
MAX_DEPTH = 20


def of_job(job: Job) -> Type:
    node = job.inner("strategy").value("matrix")
    if node is None:
        return strict({})
    if node.id != "mapping":
        return OPEN
    return of_rows(node)


def of_rows(node: Node) -> Type:
    """Return the type that a mapping of rows gives, with what `include` adds."""
    rows: dict[str, Type] = {}
    entries = keyed(node)
    for name, (key, value) in entries.items():
        if "${{" in key.value:
            return OPEN
        if name not in ("include", "exclude"):
            rows[name.lower()] = of_row(value)
    include = entries.get("include")
    return Object(rows) if include is None else with_include(rows, include[1])


def of_row(node: Node) -> Type:
    if node.id == "sequence":
        return of_many(of_node(item) for item in node.value)
    if is_expression(node):
        kind = of_expression(node.value)
        return kind.item if isinstance(kind, Array) else ANY
    return ANY


def with_include(rows: dict[str, Type], node: Node) -> Type:
    if node.id != "sequence":
        return Object(rows, ANY)
    rows = dict(rows)
    for item in node.value:
        if item.id != "mapping":
            return Object(rows, ANY)
        for name, (_, value) in keyed(item).items():
            kind = of_node(value)
            lower = name.lower()
            rows[lower] = merge(rows[lower], kind) if lower in rows else kind
    return Object(rows)


def of_node(node: Node, depth: int = 0) -> Type:
    if depth > MAX_DEPTH:
        return ANY
    if node.id == "sequence":
        return Array(of_many(of_node(item, depth + 1) for item in node.value))
    if node.id == "mapping":
        return strict({name: of_node(value, depth + 1) for name, (_, value) in keyed(node).items()})
    if "${{" in node.value:
        return of_expression(node.value) if is_expression(node) else STRING
    return SCALARS.get(node.tag, STRING)


def of_expression(text: str) -> Type:
    tree = parse(next(expressions_in(text.strip())).text)
    if isinstance(tree, ExpressionError):
        return ANY
    return check(tree, contexts.LOOSE, contexts.STRATEGY)[0]
