"""The types of parameters, and whether a value fits one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from mlci.vendors.circleci.syntax.model import Parameter
from mlci.vendors.circleci.syntax.plain import plain
from mlci.vendors.circleci.syntax.references import KINDS, PIPELINE, WHOLE
from mlci.yaml.document import Node
from mlci.yaml.tree import items, sequence, text

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TEXTS = ("string", "enum", "env_var_name", "executor")
FITTING = {**dict.fromkeys(TEXTS, TEXTS), **{one: (one,) for one in ("boolean", "integer", "steps")}}
"""For each type of parameter, the types of the parameters that can be handed to it."""
SAID = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "executor": "an executor",
    "steps": "a list of steps",
    "env_var_name": "the name of an environment variable",
}


class Type(NamedTuple):
    """What a declaration says of a parameter's values."""

    name: str
    choices: tuple[str, ...] = ()
    """The values of an enum."""

    def refuses(self, value: Any, written: str) -> str | None:
        """Say what a value is when it does not fit; `written` is how the file writes a scalar."""
        if value is None or self.fits(value, written):
            return None
        if self.name == "enum":
            return f"expected one of {', '.join(self.choices)}"
        quoted = self.name == "string" and not isinstance(value, list | Mapping)
        more = f'; write "{written}"' if quoted else ""
        return f"expected {SAID[self.name]}, got {shown(value, written)}{more}"

    def fits(self, value: Any, written: str) -> bool:
        if self.name == "enum":
            return written in self.choices and not isinstance(value, list | Mapping)
        return {
            "string": isinstance(value, str),
            "boolean": isinstance(value, bool),
            "integer": isinstance(value, int) and not isinstance(value, bool),
            "executor": isinstance(value, str) or (isinstance(value, Mapping) and "name" in value),
            "steps": isinstance(value, list),
            "env_var_name": isinstance(value, str) and VARIABLE.fullmatch(value) is not None,
        }.get(self.name, True)


def shown(value: Any, written: str) -> str:
    if isinstance(value, list | Mapping):
        return "a list" if isinstance(value, list) else "a mapping"
    said = "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
    return f"the {said} {written[:40]}"


def type_of(parameter: Parameter) -> Type:
    values = sequence(parameter.enum) if parameter.type == "enum" else ()
    return Type(parameter.type, tuple(str(one.value) for one in values if one.id == "scalar"))


def mismatch(
    node: Node, parameter: Parameter, own: dict[str, Parameter], pipeline: dict[str, Parameter]
) -> str | None:
    """Say what a value is when it does not fit a parameter; None when it fits, or only CircleCI can tell.

    `own` are the parameters of what holds the value, `pipeline` those of the pipeline.
    """
    value = shallow(node)
    if isinstance(value, str) and "<<" in value:
        return handed(value, parameter, own, pipeline)
    return type_of(parameter).refuses(value, text(node) or "")


def shallow(node: Node) -> Any:
    """Return a value as plain data, but for what stands inside a list or mapping."""
    if node.id == "scalar":
        return plain(node)
    return [] if node.id == "sequence" else dict.fromkeys(one.name for one in items(node))


def handed(
    value: str, parameter: Parameter, own: dict[str, Parameter], pipeline: dict[str, Parameter]
) -> str | None:
    """Say when an expression that is all of a value hands on a value of another type."""
    found = WHOLE.fullmatch(value)
    given = None if found is None else given_type(found[1], own, pipeline)
    if given is None or given not in FITTING or parameter.type not in FITTING:
        return None
    if given in FITTING[parameter.type]:
        return None
    said = SAID.get(parameter.type, parameter.type)
    what = "a parameter" if "parameters." in value else "a value"
    return f"expected {said}, got {what} of type {given}"


def given_type(name: str, own: dict[str, Parameter], pipeline: dict[str, Parameter]) -> str | None:
    """Return the type of what an expression names; None when it is not known."""
    context, _, rest = name.partition(".")
    if context == "parameters" or rest.startswith("parameters."):
        declared = own.get(rest) if context == "parameters" else pipeline.get(rest.partition(".")[2])
        return None if declared is None else declared.type
    if context != "pipeline" or "*" in PIPELINE.get(rest.partition(".")[0], ("*",)):
        return None
    return {"number": "integer", "boolean": "boolean"}.get(KINDS.get(rest, ""), "string")
