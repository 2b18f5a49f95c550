"""docs/reference/stages.md and targets.md, from the signatures and docstrings of stages and targets."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, get_args, get_origin

from mlci.derive.page import page, table
from mlci.language.catalogue import STAGES, TARGETS
from mlci.language.signatures import Parameter

STAGES_OPENING = """
What `uses:` may name. A stage's parameters are what its `with:` holds; those that are paths become inputs
and outputs of the stage by themselves. Another package adds a stage by an entry point in the group
`mlci.stages`.
"""
TARGETS_OPENING = """
What a target's `type:` may name. `${NAME}` in a value is filled from the environment when the target is
used, so that addresses and secrets stay out of the file. Another package adds a type by an entry point in
the group `mlci.targets`.
"""


def files() -> dict[str, str]:
    library = [f"## {one.id}\n\n{one.summary}\n\n{parameters(one.parameters)}" for one in STAGES]
    places = [f"## {one.id}\n\n{one.summary}\n\n{parameters(one.parameters)}" for one in TARGETS]
    return {
        "docs/reference/stages.md": page("Library stages", STAGES_OPENING, *library),
        "docs/reference/targets.md": page("Targets", TARGETS_OPENING, *places),
    }


def parameters(given: Sequence[Parameter]) -> str:
    rows = [
        (f"`{one.name}`", one.doc, kind(one), "required" if one.required else f"`{one.default!r}`")
        for one in given
    ]
    return table(("parameter", "meaning", "kind", "default"), rows)


def kind(parameter: Parameter) -> str:
    """Name a parameter's role, or its type when it is a plain value."""
    roles = {
        "input": "input path",
        "output": "output path",
        "metrics": "metrics file",
        "target": "a target's name",
    }
    return roles.get(parameter.role) or type_words(parameter.type)


def type_words(annotation: Any) -> str:
    """Name a type without the noise of its module."""
    if get_origin(annotation) is None:
        return annotation.__name__ if inspect.isclass(annotation) else str(annotation)
    return str(annotation).replace("typing.", "") if get_args(annotation) else str(annotation)
