"""Every use of a step, command or executor in a CircleCI file, with the scope its names are looked up in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlci.vendors.circleci.syntax.model import (
    Config,
    Definition,
    JobUse,
    Parameter,
    Part,
    Scope,
    Step,
    read_config,
    steps,
)
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, text

MAX_NESTING = 5
"""How deep steps given as arguments of steps are followed."""


class StepUse(NamedTuple):
    """A step, and where it stands: in a definition, or in a workflow's job."""

    step: Step
    scope: Scope
    owner: Definition | JobUse


class ExecutorUse(NamedTuple):
    """A reference to an executor, by name alone or with parameters."""

    name: str
    key: Node
    arguments: Node | None
    scope: Scope
    owner: Definition | JobUse


class Call(NamedTuple):
    """A use of a definition with its arguments."""

    what: str
    definition: Definition
    key: Node
    given: list[tuple[str, Node, Node]]
    """The name, key and value of each argument."""
    also: frozenset[str]
    """Parameters that are given in another way, by a matrix."""
    owner: Definition | JobUse


def step_uses(file: SourceFile) -> list[StepUse]:
    config = file.once(read_config)
    found: list[StepUse] = []
    for definition in config.scope.definitions():
        roots = [get(definition.node, "steps")]
        roots += [one.default for one in definition.parameters.values() if one.type == "steps"]
        for root in roots:
            found.extend(follow(root, definition.scope, definition))
    for workflow in config.all_workflows():
        for job in workflow.jobs:
            found.extend(job_steps(config, job))
    return found


def job_steps(config: Config, job: JobUse) -> Iterator[StepUse]:
    for name in ("pre-steps", "post-steps"):
        yield from follow(get(job.arguments, name), config.scope, job)
    definition = config.scope.find("job", job.job)
    for one in job.given():
        if definition is not None and has_type(definition, one.name, "steps"):
            yield from follow(one.value, config.scope, job)


def follow(node: Node | None, scope: Scope, owner: Definition | JobUse, depth: int = 0) -> Iterator[StepUse]:
    for step in steps(node):
        yield StepUse(step, scope, owner)
        command = scope.find("command", step.name)
        if command is None or depth == MAX_NESTING:
            continue
        for one in items(step.arguments):
            if has_type(command, one.name, "steps"):
                yield from follow(one.value, scope, owner, depth + 1)


def has_type(definition: Definition, name: str, type: str) -> bool:
    parameter = definition.parameters.get(name)
    return parameter is not None and parameter.type == type


def executor_uses(file: SourceFile) -> list[ExecutorUse]:
    config = file.once(read_config)
    found: list[ExecutorUse] = []
    for definition in config.scope.definitions():
        if definition.part == "job":
            found.extend(executor_of(get(definition.node, "executor"), definition.scope, definition))
        for one in definition.parameters.values():
            if one.type == "executor":
                found.extend(executor_of(one.default, definition.scope, definition))
    for call in calls(file):
        for name, _, value in call.given:
            if has_type(call.definition, name, "executor"):
                scope = call.owner.scope if isinstance(call.owner, Definition) else config.scope
                found.extend(executor_of(value, scope, call.owner))
    return found


def executor_of(node: Node | None, scope: Scope, owner: Definition | JobUse) -> Iterator[ExecutorUse]:
    """Yield the executor a value names, unless an expression will."""
    if node is None:
        return
    named = get(node, "name") if node.id == "mapping" else node
    name = text(named)
    if named is not None and name is not None and "<<" not in name:
        yield ExecutorUse(name, named, node if node.id == "mapping" else None, scope, owner)


def calls(file: SourceFile) -> list[Call]:
    """Return every use of a job or command whose parameters are known, with its arguments."""
    config = file.once(read_config)
    found = []
    for use in file.once(step_uses):
        command = use.scope.find("command", use.step.name)
        if command is not None:
            given = [(one.name, one.key, one.value) for one in items(use.step.arguments)]
            what = f"command '{use.step.name}'"
            found.append(Call(what, command, use.step.key, given, frozenset(), use.owner))
    for workflow in config.all_workflows():
        for job in workflow.jobs:
            definition = config.scope.find("job", job.job)
            if definition is None or job.approval:
                continue
            given = [(one.name, one.key, one.value) for one in job.given()]
            also = frozenset(one.name for one in job.matrix())
            found.append(Call(f"job '{job.job}'", definition, job.key, given, also, job))
    return found


def executor_calls(file: SourceFile) -> list[Call]:
    found = []
    for use in file.once(executor_uses):
        definition = use.scope.find("executor", use.name)
        if definition is not None:
            given = [(one.name, one.key, one.value) for one in items(use.arguments) if one.name != "name"]
            found.append(Call(f"executor '{use.name}'", definition, use.key, given, frozenset(), use.owner))
    return found


def every_call(file: SourceFile) -> list[Call]:
    """Return every use, with arguments, of something whose parameters are known."""
    return [*file.once(calls), *file.once(executor_calls)]


def parameters_of(owner: Definition | JobUse) -> dict[str, Parameter]:
    """Return the parameters `<< parameters.… >>` can name inside an owner."""
    return owner.parameters if isinstance(owner, Definition) else {}


def fault(scope: Scope, part: Part, name: str) -> str | None:
    """Say why a name means nothing; None when it is defined, or its orb lives elsewhere."""
    if scope.find(part, name) is not None:
        return None
    orb, slash, inner = name.partition("/")
    if not slash:
        return f"unknown {part} '{name}'"
    found = scope.orb(orb)
    if found is None:
        return f"the orb '{orb}' is not imported"
    return None if found.known is None else f"the orb '{orb}' has no {part} '{inner}'"


def known(scope: Scope, part: Part, name: str) -> list[str]:
    """Return what a name could have meant: what is defined beside it, or in its orb."""
    orb, slash, _ = name.partition("/")
    found = scope.orb(orb) if slash else None
    if found is not None and found.known is not None:
        return [f"{orb}/{one}" for one in found.known.of(part)]
    return list({**(scope.beside.of(part) if scope.beside else {}), **scope.of(part)})
