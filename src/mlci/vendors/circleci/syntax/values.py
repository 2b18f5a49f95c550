"""Whether a value fits a parameter's type, by the types CircleCI gives YAML (1.1: `yes` is a boolean)."""

from __future__ import annotations

import re

from mlci.vendors.circleci.syntax.model import Parameter
from mlci.yaml.document import Node
from mlci.yaml.nodes import BOOL, FLOAT, INT, STR
from mlci.yaml.tree import get, is_null, sequence, text

WHOLE = re.compile(r"\s*<<\s*(pipeline\.)?parameters\.([A-Za-z0-9_-]+)\s*>>\s*")
BOOLEANS = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TEXTS = ("string", "enum", "env_var_name", "executor")
FITTING = {
    "string": TEXTS,
    "enum": TEXTS,
    "env_var_name": TEXTS,
    "executor": TEXTS,
    "boolean": ("boolean",),
    "integer": ("integer",),
    "steps": ("steps",),
}
"""For each type of parameter, the types of the parameters that can be handed to it."""
SAID = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "executor": "an executor",
    "steps": "a list of steps",
    "env_var_name": "the name of an environment variable",
}


def kind(node: Node) -> str:
    """Return what a value is to CircleCI: string, boolean, integer, number, list, mapping or null."""
    if node.id != "scalar":
        return "list" if node.id == "sequence" else "mapping"
    if is_null(node):
        return "null"
    if node.tag == STR:
        return "boolean" if not node.style and BOOLEANS.fullmatch(node.value) else "string"
    return {BOOL: "boolean", INT: "integer", FLOAT: "number"}.get(node.tag, "string")


def mismatch(
    node: Node, parameter: Parameter, own: dict[str, Parameter], pipeline: dict[str, Parameter]
) -> str | None:
    """Say what a value is when it does not fit a parameter; None when it fits, or only CircleCI can tell.

    `own` are the parameters of what holds the value, `pipeline` those of the pipeline.
    """
    found = kind(node)
    if found == "null":
        return None
    if found == "string" and "<<" in node.value:
        return handed(node.value, parameter, own, pipeline)
    if parameter.type == "enum":
        return (
            None if text(node) in choices(parameter) else f"expected one of {', '.join(choices(parameter))}"
        )
    fits = {
        "string": found == "string",
        "boolean": found == "boolean",
        "integer": found == "integer",
        "steps": found == "list",
        "executor": found == "string" or (found == "mapping" and get(node, "name") is not None),
        "env_var_name": found == "string" and VARIABLE.fullmatch(node.value) is not None,
    }
    if fits.get(parameter.type, True):
        return None
    quoted = f'; write "{node.value}"' if parameter.type == "string" and node.id == "scalar" else ""
    return f"expected {SAID[parameter.type]}, got {shown(node, found)}{quoted}"


def shown(node: Node, found: str) -> str:
    """Say what a value is, with the value when it is short."""
    said = {"boolean": "the boolean", "string": "the text", "list": "a list", "mapping": "a mapping"}
    if found in ("list", "mapping"):
        return said[found]
    return f"{said.get(found, 'the number')} {node.value[:40]}"


def handed(
    value: str, parameter: Parameter, own: dict[str, Parameter], pipeline: dict[str, Parameter]
) -> str | None:
    """Say when an expression that is all of a value hands on a parameter of another type."""
    found = WHOLE.fullmatch(value)
    if found is None:
        return None
    given = (pipeline if found[1] else own).get(found[2])
    if given is None or given.type not in FITTING or parameter.type not in FITTING:
        return None
    if given.type in FITTING[parameter.type]:
        return None
    return f"expected {SAID.get(parameter.type, parameter.type)}, got a parameter of type {given.type}"


def choices(parameter: Parameter) -> list[str]:
    """Return the values of an enum parameter as text."""
    return [str(one.value) for one in sequence(get(parameter.node, "enum")) if one.id == "scalar"]
