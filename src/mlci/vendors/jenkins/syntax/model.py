"""A Jenkins pipeline as neutral data: what it runs, where, when, and the place of each part.

Values are Groovy expressions (`groovy.tree`): `text_of(value)` gives the string one always is, or None when
it depends on the run. Nothing is dropped that a rule might want: every part keeps its `call`, and
whatever holds sections keeps its `body`, the statements as written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from mlci.findings import Finding, Mark, Severity
from mlci.vendors.jenkins.syntax.groovy import Source
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Argument,
    Assign,
    Call,
    Closure,
    Expression,
    Node,
    Statement,
    text_of,
    walk,
)


class Step(NamedTuple):
    """One step: `sh 'make'`, `timeout(time: 5) { … }`."""

    name: str
    arguments: tuple[Argument, ...]
    """Without the block at the end."""
    steps: tuple[Step, ...]
    """The steps of its block; none for `script`, whose block is Groovy."""
    call: Call

    def argument(self, key: str, position: int | None = 0) -> Expression | None:
        """Return the argument of this name, or the unnamed one at this position."""
        return find_argument(self.arguments, key, position)

    def text(self, key: str, position: int | None = 0) -> str | None:
        """Return an argument's string; None when it is missing or depends on the run."""
        return text_of(self.argument(key, position))


class Directive(NamedTuple):
    """An option, trigger, parameter, tool or library: a name and arguments."""

    name: str
    arguments: tuple[Argument, ...]
    call: Call

    def argument(self, key: str, position: int | None = 0) -> Expression | None:
        """Return the argument of this name, or the unnamed one at this position."""
        return find_argument(self.arguments, key, position)

    def text(self, key: str, position: int | None = 0) -> str | None:
        """Return an argument's string; None when it is missing or depends on the run."""
        return text_of(self.argument(key, position))


def find_argument(arguments: tuple[Argument, ...], key: str, position: int | None) -> Expression | None:
    """Return the value of a named argument, or of the unnamed one at a position."""
    unnamed = [argument for argument in arguments if argument.key is None]
    for argument in arguments:
        if argument.key == key:
            return argument.value
    return unnamed[position].value if position is not None and position < len(unnamed) else None


class Agent(NamedTuple):
    """Where to run: `any`, `none`, or a type with one argument or settings."""

    kind: str | None
    argument: Expression | None
    """Of `label 'x'`, `docker 'image'`."""
    settings: Mapping[str, Expression]
    call: Call


class Variable(NamedTuple):
    """One `NAME = value` of an environment."""

    name: str
    value: Statement
    node: Assign


class Condition(NamedTuple):
    """One condition of a `when`, with those nested in it."""

    name: str
    arguments: tuple[Argument, ...]
    children: tuple[Condition, ...]
    call: Call


class When(NamedTuple):
    """Whether a stage runs: all conditions must hold."""

    conditions: tuple[Condition, ...]
    flags: Mapping[str, Expression | None]
    """beforeAgent, beforeInput, beforeOptions."""
    call: Call


class Input(NamedTuple):
    """A question a person must answer before the stage runs."""

    settings: Mapping[str, Expression]
    parameters: tuple[Directive, ...]
    call: Call


class Post(NamedTuple):
    """Steps run afterwards under one condition."""

    condition: str
    steps: tuple[Step, ...]
    call: Call


class Axis(NamedTuple):
    """One axis of a matrix, or of an exclusion."""

    name: str | None
    values: tuple[Expression, ...]
    negated: bool
    """Whether the exclusion is of all but these values."""
    call: Call


class Shared(NamedTuple):
    """The parts that a pipeline, a stage and a matrix may all have."""

    agent: Agent | None = None
    environment: tuple[Variable, ...] = ()
    options: tuple[Directive, ...] = ()
    tools: tuple[Directive, ...] = ()
    post: tuple[Post, ...] = ()
    when: When | None = None
    input: Input | None = None


class Holder:
    """What a pipeline, a stage and a matrix have in common.

    Parameters
    ----------
    call : the block as written
    shared : the parts that all three may have
    """

    def __init__(self, call: Call, shared: Shared) -> None:
        self.call = call
        self.body: tuple[Statement, ...] = block(call)
        """The statements of its block, as written."""
        self.agent = shared.agent
        self.environment = shared.environment
        self.options = shared.options
        self.tools = shared.tools
        self.post = shared.post
        self.when = shared.when
        self.input = shared.input

    def section(self, name: str) -> Call | None:
        return next((call for call in self.sections() if call.name == name), None)

    def sections(self) -> Iterator[Call]:
        for statement in self.body:
            if isinstance(statement, Call) and statement.target is None:
                yield statement


class Matrix(Holder):
    """Stages run once for each combination of the axes' values."""

    def __init__(
        self,
        call: Call,
        shared: Shared,
        axes: tuple[Axis, ...],
        excludes: tuple[tuple[Axis, ...], ...],
        stages: tuple[Stage, ...],
    ) -> None:
        super().__init__(call, shared)
        self.axes = axes
        self.excludes = excludes
        self.stages = stages


class Work(NamedTuple):
    """What a stage does: exactly one of these is there in a stage that Jenkins takes."""

    steps: tuple[Step, ...] = ()
    stages: tuple[Stage, ...] = ()
    parallel: tuple[Stage, ...] = ()
    matrix: Matrix | None = None


class Stage(Holder):
    """One stage: its name, and its steps, stages, parallel stages or matrix."""

    def __init__(
        self, call: Call, shared: Shared, name: str | None, work: Work, fail_fast: bool | None
    ) -> None:
        super().__init__(call, shared)
        self.name = name
        self.steps, self.stages, self.parallel, self.matrix = work
        self.fail_fast = fail_fast

    def inner(self) -> tuple[Stage, ...]:
        """Return the stages directly inside this one, of whatever kind."""
        return self.stages + self.parallel + (self.matrix.stages if self.matrix else ())


class Pipeline(Holder):
    """One `pipeline { … }`."""

    def __init__(
        self,
        call: Call,
        shared: Shared,
        stages: tuple[Stage, ...],
        parameters: tuple[Directive, ...],
        triggers: tuple[Directive, ...],
        libraries: tuple[Directive, ...],
    ) -> None:
        super().__init__(call, shared)
        self.stages = stages
        self.parameters = parameters
        self.triggers = triggers
        self.libraries = libraries

    def all_stages(self) -> Iterator[Stage]:
        """Yield every stage at any depth, in the order written."""
        left = list(reversed(self.stages))
        while left:
            stage = left.pop()
            yield stage
            left.extend(reversed(stage.inner()))

    def holders(self) -> Iterator[Pipeline | Stage | Matrix]:
        yield self
        for stage in self.all_stages():
            yield stage
            if stage.matrix:
                yield stage.matrix


class Jenkinsfile:
    """One file read: declarative pipelines if it has any, else a scripted pipeline or library code.

    Parameters
    ----------
    source : the file as Groovy
    pipelines : its declarative pipelines; Jenkins runs only one
    """

    def __init__(self, source: Source, pipelines: tuple[Pipeline, ...] = ()) -> None:
        self.source = source
        self.pipelines = pipelines

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Everything in the file, in the order written; computed once for all rules."""
        return tuple(walk(*self.source.statements))

    @property
    def name(self) -> str:
        """The file's name as messages show it."""
        return self.source.name

    @property
    def declarative(self) -> bool:
        """Whether the file holds a `pipeline { … }`."""
        return bool(self.pipelines)

    def mark(self, node: Node) -> Mark:
        """Return the place of a node; of a call, the place of its name."""
        if isinstance(node, Call) and node.name:
            return self.source.mark(node.name_start, node.name_start + len(node.name))
        return self.source.mark(node.start, node.end)

    def finding(
        self, node: Node, message: str, rule: str, severity: Severity = "error", help: str | None = None
    ) -> Finding:
        return Finding(self.mark(node), message, rule, severity, help)

    def text(self, node: Node) -> str:
        """Return a node as written, on one line and not too long for a message."""
        written = " ".join(self.source.text[node.start : min(node.end, node.start + 200)].split())
        return written if len(written) <= 40 else written[:39] + "…"


def block(call: Call | None) -> tuple[Statement, ...]:
    """Return the statements of a call's block; none without one."""
    closure: Closure | None = call.closure if call else None
    return closure.body if closure else ()
