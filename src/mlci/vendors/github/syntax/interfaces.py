"""What actions and called workflows take and give: those in the same repository, and well-known ones."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from mlci.vendors.github.syntax import popular
from mlci.vendors.github.syntax.model import Part, Step, keyed, listed, texts
from mlci.yaml.neighbours import load
from mlci.yaml.source import SourceFile


class Input(NamedTuple):
    """An input of an action or of a called workflow."""

    name: str
    """As it is declared; case does not count."""
    required: bool
    """Whether it must be given: it is required and has no default."""
    deprecated: str | None = None
    kind: str | None = None
    """string, number or boolean, for a workflow's; None for an action's."""


class Interface(NamedTuple):
    """What an action takes and gives; names in lower case."""

    title: str
    inputs: dict[str, Input]
    outputs: tuple[str, ...] | None
    """None when it may give anything."""
    secrets: dict[str, Input]
    callable: bool = True
    """Whether a workflow may be called at all."""
    required: tuple[str, ...] = ()
    """The names of the inputs that must be given."""


def action(file: SourceFile, step: Step) -> Interface | None:
    """Return the interface of the action a step runs, None when it is not known."""
    uses = step.uses
    if not uses.startswith("./"):
        return known(step.release(file.lines))
    folder = inside(file.root, uses)
    if folder is None:
        return None
    for name in ("action.yml", "action.yaml"):
        document = load(folder / name)
        if document is not None:
            return action_interface(uses, Part(document.root))
    return None


def action_outputs(file: SourceFile, step: Step) -> tuple[str, ...] | None:
    """Return the names of the outputs of a step's action, None when they are not known."""
    found = action(file, step)
    return None if found is None else found.outputs


def workflow(file: SourceFile, uses: str) -> Interface | None:
    """Return the interface of a called workflow in the same repository, None when it is not known."""
    path = inside(file.root, uses)
    document = None if path is None else load(path)
    if document is None:
        return None
    root = Part(document.root)
    call = root.inner("on").inner("workflow_call")
    events = [*keyed(root.value("on")), *texts(listed(root.value("on")))]
    inputs = {
        name.lower(): call_input(name, Part(node)) for name, (_, node) in keyed(call.value("inputs")).items()
    }
    secrets = {
        name.lower(): Input(name, Part(node).text("required") == "true")
        for name, (_, node) in keyed(call.value("secrets")).items()
    }
    outputs = tuple(name.lower() for name in keyed(call.value("outputs")))
    return Interface(uses, inputs, outputs, secrets, "workflow_call" in events, required(inputs))


def required(inputs: dict[str, Input]) -> tuple[str, ...]:
    """Return the names of the inputs that must be given."""
    return tuple(name for name, one in inputs.items() if one.required)


def workflow_outputs(file: SourceFile, uses: str) -> tuple[str, ...] | None:
    """Return the names of a called workflow's outputs, None when they are not known."""
    found = workflow(file, uses)
    return None if found is None else found.outputs


def call_input(name: str, part: Part) -> Input:
    required = part.text("required") == "true" and part.value("default") is None
    return Input(name, required, kind=part.text("type") or "string")


def action_interface(title: str, part: Part) -> Interface:
    inputs = {
        name.lower(): action_input(name, Part(node))
        for name, (_, node) in keyed(part.value("inputs")).items()
    }
    outputs = tuple(name.lower() for name in keyed(part.value("outputs")))
    # A container or a script may set outputs that its metadata does not declare.
    return Interface(part.text("name") or title, inputs, outputs or None, {}, required=required(inputs))


def action_input(name: str, part: Part) -> Input:
    required = part.text("required") == "true" and part.value("default") is None
    return Input(name, required, part.text("deprecationMessage") or None)


@lru_cache(maxsize=1024)
def known(uses: str) -> Interface | None:
    """Return the interface of a well-known action at the release that `uses` names."""
    found = popular.find(uses)
    if found is None:
        return None
    inputs = {
        name.lower(): Input(name, name in found.required, found.deprecated.get(name)) for name in found.inputs
    }
    return Interface(uses, inputs, found.outputs, {}, required=required(inputs))


def inside(root: Path | None, uses: str) -> Path | None:
    """Return the path `./…` within the repository; None outside of it or without one."""
    inner = uses.removeprefix("./")
    return None if root is None or inner.startswith("/") or ".." in inner.split("/") else root / inner
