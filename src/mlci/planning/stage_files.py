"""The files a stage reads and makes: as written, or as its library stage's signature says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlci.language.catalogue import STAGES, Item
from mlci.language.model import Stage


@dataclass(frozen=True)
class Files:
    """Paths from the top of the repository, and the target a stage touches."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    target: str | None = None
    arguments: Mapping[str, Any] | None = None
    """A library stage's arguments, `{job}` filled; None for a command."""
    cached: bool = True
    """Whether an equal key makes running it needless."""
    standing: tuple[str, ...] = ()
    """Outputs that the work adds to instead of making them anew: what was deployed before stays there."""

    @property
    def made(self) -> tuple[str, ...]:
        return (*self.outputs, *self.metrics)

    @property
    def made_anew(self) -> tuple[str, ...]:
        """All that the work makes from nothing."""
        return tuple(path for path in self.made if path not in self.standing)


def files_of(stage: Stage) -> Files:
    """Return a stage's files, those named by its `with` included."""
    library = STAGES.find(stage.uses) if stage.uses else None
    if library is None:
        return Files(stage.inputs, stage.outputs, stage.metrics, cached=repeatable(stage))
    arguments = {each.name: each.default for each in library.parameters if not each.required}
    arguments.update(stage.with_)
    target = next(iter(by_role(library, arguments, "target")), None)
    own = by_role(library, arguments, "output")
    return Files(
        inputs=merge(stage.inputs, by_role(library, arguments, "input")),
        outputs=merge(stage.outputs, own),
        metrics=merge(stage.metrics, by_role(library, arguments, "metrics")),
        target=target,
        arguments=arguments,
        cached=library.cached,
        standing=() if target is None or library.cached else beside(stage.outputs, own),
    )


def repeatable(stage: Stage) -> bool:
    """Tell whether a command whose inputs are as before need not run again.

    A check without outputs need not. A command without outputs that is given the keys to something outside
    does its work there, where nobody knows whether it still stands.
    """
    if stage.outputs or stage.metrics:
        return True
    return bool(stage.inputs) and not (stage.secrets or stage.aws or stage.environment)


def by_role(library: Item, arguments: Mapping[str, Any], role: str) -> tuple[str, ...]:
    """Return the arguments that play a role, as text."""
    found: list[str] = []
    for parameter in library.parameters:
        value = arguments.get(parameter.name)
        if parameter.role == role and value is not None:
            found.extend(map(str, value) if isinstance(value, list | tuple) else [str(value)])
    return tuple(found)


def beside(paths: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    known = {path.rstrip("/") for path in others}
    return tuple(path for path in paths if path.rstrip("/") not in known)


def merge(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Join two lists of paths; a path written twice, with or without its slash, counts once."""
    kept = {path.rstrip("/"): path for path in second} | {path.rstrip("/"): path for path in first}
    return tuple(kept.values())


def fill(files: Files, values: Mapping[str, Any]) -> Files:
    """Fill `{job}` and `{axis}` in every path and argument."""
    if not values:
        return files
    return replace(
        files,
        inputs=tuple(fill_text(path, values) for path in files.inputs),
        outputs=tuple(fill_text(path, values) for path in files.outputs),
        metrics=tuple(fill_text(path, values) for path in files.metrics),
        standing=tuple(fill_text(path, values) for path in files.standing),
        arguments=None if files.arguments is None else fill_value(files.arguments, values),
    )


def fill_value(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return fill_text(value, values)
    if isinstance(value, Mapping):
        return {name: fill_value(each, values) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [fill_value(each, values) for each in value]
    return value


def fill_text(text: str, values: Mapping[str, Any]) -> str:
    """Fill the placeholders of a text; braces that are none stay as they are."""
    if "{" not in text:
        return text
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", shown(value))
    return text


def shown(value: Any) -> str:
    """Return a value as it stands in the file: `true`, where Python has `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
