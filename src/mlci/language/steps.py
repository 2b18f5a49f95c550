"""The steps of a workflow: stages in order, a nested list in parallel, approvals between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mlci.language.records import Record
from mlci.language.shapes import Reading, Schema, Shape, wrong_type
from mlci.yaml.document import Key

APPROVE = "approve"


@dataclass(frozen=True)
class Use:
    """A stage's place in a workflow, under a name of its own if it stands there twice."""

    stage: str
    name: str
    path: tuple[Key, ...]
    options: Any = None
    """A `mlci.language.model.UseOptions`, when the workflow changes something of the stage."""


@dataclass(frozen=True)
class Approve:
    """A place where a person must say yes before the rest goes on."""

    name: str
    path: tuple[Key, ...]


@dataclass(frozen=True)
class Parallel:
    """Branches that run side by side; each is a sequence of steps."""

    branches: tuple[tuple[Step, ...], ...]


Step = Use | Approve | Parallel


def leaves(steps: tuple[Step, ...]) -> Iterator[Use | Approve]:
    """Yield the uses and approvals in the order they are written."""
    for step in steps:
        if isinstance(step, Parallel):
            for branch in step.branches:
                yield from leaves(branch)
        else:
            yield step


class Steps:
    """The shape of a workflow's `stages`: names, {stage: name}, {approve: name}, nested lists."""

    def __init__(self, name: Shape, options: Record) -> None:
        self.name = name
        self.options = options

    def fits(self, value: Any) -> bool:
        return isinstance(value, list)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if not isinstance(value, list):
            wrong_type(self, value, path, reading)
            return ()
        if not value:
            reading.say(path, "the list is empty; expected at least one stage", "bad-value")
        return self.sequence(value, path, reading)

    def sequence(self, items: list[Any], path: tuple[Key, ...], reading: Reading) -> tuple[Step, ...]:
        """Read items that run one after another; a list among them is parallel."""
        return tuple(
            Parallel(tuple(self.branch(one, (*path, index, at), reading) for at, one in enumerate(item)))
            if isinstance(item, list)
            else self.leaf(item, (*path, index), reading)
            for index, item in enumerate(items)
        )

    def branch(self, item: Any, path: tuple[Key, ...], reading: Reading) -> tuple[Step, ...]:
        """Read one branch of a parallel list; a list there is a sequence."""
        if isinstance(item, list):
            return self.sequence(item, path, reading)
        return (self.leaf(item, path, reading),)

    def leaf(self, item: Any, path: tuple[Key, ...], reading: Reading) -> Step:
        """Read a stage's name, {stage: name or options} or {approve: name}."""
        if isinstance(item, dict) and len(item) == 1:
            stage, value = next(iter(item.items()))
            return self.use(stage, value, (*path, stage), reading)
        if isinstance(item, str):
            return Use(self.name.read(item, path, reading), item, path)
        wrong_type(self, item, path, reading)
        return Use("", "", path)

    def use(self, stage: str, value: Any, path: tuple[Key, ...], reading: Reading) -> Step:
        """Read {stage: job name}, {stage: options} or {approve: name}."""
        if stage == APPROVE:
            return Approve(self.name.read(value, path, reading), path)
        if isinstance(value, dict):
            options = self.options.read(value, path, reading)
            return Use(stage, (options.name if options else "") or stage, path, options)
        return Use(stage, self.name.read(value, path, reading), path)

    def schema(self) -> Schema:
        names = self.name.schema()
        one = {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {APPROVE: names},
            "additionalProperties": {"anyOf": [names, self.options.schema()]},
        }
        nested = {"type": "array", "items": {"$ref": "#/$defs/step"}}
        return {"type": "array", "minItems": 1, "items": {"anyOf": [names, one, nested]}}

    def expects(self) -> str:
        return "a list of stages: a name, {stage: job name}, {approve: name}, or a list that runs in parallel"
