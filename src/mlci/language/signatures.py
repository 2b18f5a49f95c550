"""What a library stage or a target takes, read off the signature and docstring of its function or class."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

Role = Literal["input", "output", "metrics", "target", "param"]
"""What a parameter is to the pipeline, by its annotation: `Annotated[Path, "input"]`."""


class Parameter(NamedTuple):
    """One keyword parameter of a stage."""

    name: str
    role: Role
    type: Any
    """Its annotation without `Annotated`: Path, str, int, float, bool, dict[str, str], list[str], Literal, or
    a union of these with None."""
    default: Any
    required: bool
    doc: str
    """Its lines of the docstring's Parameters section, joined."""


def read_parameters(function: Callable[..., Any], docstring: str | None = None) -> tuple[Parameter, ...]:
    """Describe the keyword parameters of a function or of a class's constructor, in their order."""
    made = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
    hints = get_type_hints(made, include_extras=True)
    docs = parameter_docs(docstring or inspect.getdoc(function) or "")
    return tuple(
        read_parameter(name, hints[name], given.default, docs.get(name, ""))
        for name, given in inspect.signature(made).parameters.items()
        if given.kind is inspect.Parameter.KEYWORD_ONLY
    )


def read_parameter(name: str, hint: Any, default: Any, doc: str) -> Parameter:
    """Describe one keyword parameter from its annotation."""
    role: Role = "param"
    optional = [part for part in get_args(hint) if get_origin(part) is Annotated]
    annotated = hint if get_origin(hint) is Annotated else (optional[0] if optional else None)
    if annotated is not None:
        hint, role = get_args(annotated)[:2]
    required = default is inspect.Parameter.empty
    return Parameter(name, role, hint, None if required else default, required, doc)


def parameter_docs(docstring: str) -> dict[str, str]:
    """Read the Parameters section of a numpydoc docstring: name -> description."""
    lines = docstring.splitlines()
    docs: dict[str, str] = {}
    try:
        start = lines.index("Parameters") + 2
    except ValueError:
        return docs
    current = ""
    for line in lines[start:]:
        if line and not line[0].isspace() and set(line) == {"-"}:
            break
        if line and not line[0].isspace() and " : " in line:
            current, _, text = line.partition(" : ")
            docs[current] = text.strip()
        elif line.strip() and line[0].isspace() and current:
            docs[current] += " " + line.strip()
        elif line.strip():
            break
    return docs
