"""From Groovy statements to the pipeline they describe; what does not fit is left for the rules to report."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.vendors.jenkins.syntax.groovy.tree import (
    Assign,
    Call,
    Closure,
    Expression,
    ListOf,
    Literal,
    Method,
    Name,
    Node,
    Statement,
    text_of,
    walk,
)
from mlci.vendors.jenkins.syntax.model import (
    Agent,
    Axis,
    Condition,
    Directive,
    Input,
    Matrix,
    Pipeline,
    Post,
    Shared,
    Stage,
    Step,
    Variable,
    When,
    Work,
    block,
)

BEFORE = frozenset({"beforeAgent", "beforeInput", "beforeOptions"})


def calls(statements: tuple[Statement, ...]) -> Iterator[Call]:
    """Yield the plain calls among statements: `name …`, without a target."""
    for statement in statements:
        if isinstance(statement, Call) and statement.target is None and statement.name:
            yield statement


def pipelines(statements: tuple[Statement, ...]) -> tuple[Pipeline, ...]:
    """Find the pipelines of a file: at its top, or inside the `call` of a shared library's variable."""
    found = [call for call in calls(statements) if call.name == "pipeline" and call.closure]
    for statement in statements:
        if isinstance(statement, Method) and statement.name == "call":
            inside = walk(*statement.body)
            found.extend(node for node in inside if is_pipeline(node))  # type: ignore[misc]
    return tuple(pipeline(call) for call in found)


def is_pipeline(node: Node) -> bool:
    """Tell whether a node is a `pipeline { … }`."""
    return isinstance(node, Call) and node.target is None and node.name == "pipeline" and bool(node.closure)


def pipeline(call: Call) -> Pipeline:
    sections = first_of_each(block(call))
    return Pipeline(
        call,
        shared(sections),
        stages(sections.get("stages")),
        directives(sections.get("parameters")),
        directives(sections.get("triggers")),
        directives(sections.get("libraries")),
    )


def first_of_each(statements: tuple[Statement, ...]) -> dict[str, Call]:
    found: dict[str, Call] = {}
    for call in calls(statements):
        found.setdefault(call.name, call)
    return found


def shared(sections: dict[str, Call]) -> Shared:
    """Read what a pipeline, a stage and a matrix have in common."""
    return Shared(
        agent(sections.get("agent")),
        environment(sections.get("environment")),
        directives(sections.get("options")),
        directives(sections.get("tools")),
        post(sections.get("post")),
        when(sections.get("when")),
        input_of(sections.get("input")),
    )


def stages(call: Call | None) -> tuple[Stage, ...]:
    return tuple(stage(found) for found in calls(block(call)) if found.name == "stage" and found.closure)


def stage(call: Call) -> Stage:
    sections = first_of_each(block(call))
    given = call.plain[0].value if call.plain else None
    work = Work(
        steps(block(sections.get("steps"))),
        stages(sections.get("stages")),
        stages(sections.get("parallel")),
        matrix(sections.get("matrix")),
    )
    return Stage(call, shared(sections), stage_name(given), work, flag(sections.get("failFast")))


def stage_name(given: Expression | None) -> str | None:
    """Return a stage's name; a bare word counts as its own name, as it does for Jenkins."""
    return given.name if isinstance(given, Name) else text_of(given)


def flag(call: Call | None) -> bool | None:
    if call is None or not call.arguments:
        return None
    value = call.arguments[0].value
    return value.value if isinstance(value, Literal) and isinstance(value.value, bool) else None


def agent(call: Call | None) -> Agent | None:
    if call is None:
        return None
    if call.closure is None:
        given = call.arguments[0].value if call.arguments else None
        return Agent(stage_name(given), None, {}, call)
    kind = next(calls(call.closure.body), None)
    if kind is None:
        return Agent(None, None, {}, call)
    argument = kind.plain[0].value if kind.plain else None
    return Agent(kind.name, argument, settings(kind), call)


def settings(call: Call | None) -> dict[str, Expression]:
    """Read a block of `key value` lines; a nested block is a closure."""
    return {inner.name: inner.arguments[0].value for inner in calls(block(call)) if inner.arguments}


def environment(call: Call | None) -> tuple[Variable, ...]:
    return tuple(
        Variable(statement.target.name, statement.value, statement)
        for statement in block(call)
        if isinstance(statement, Assign) and isinstance(statement.target, Name)
    )


def directives(call: Call | None) -> tuple[Directive, ...]:
    """Read the named things of an options, triggers, parameters, tools or libraries block."""
    return tuple(Directive(found.name, found.plain, found) for found in calls(block(call)))


def post(call: Call | None) -> tuple[Post, ...]:
    return tuple(Post(found.name, steps(block(found)), found) for found in calls(block(call)))


def when(call: Call | None) -> When | None:
    if call is None:
        return None
    found = list(calls(block(call)))
    flags = {
        one.name: one.arguments[0].value if one.arguments else None for one in found if one.name in BEFORE
    }
    return When(tuple(condition(one) for one in found if one.name not in BEFORE), flags, call)


def condition(call: Call) -> Condition:
    nested = () if call.name == "expression" else calls(block(call))
    return Condition(call.name, call.plain, tuple(condition(inner) for inner in nested), call)


def input_of(call: Call | None) -> Input | None:
    if call is None:
        return None
    return Input(settings(call), directives(first_of_each(block(call)).get("parameters")), call)


def matrix(call: Call | None) -> Matrix | None:
    if call is None:
        return None
    sections = first_of_each(block(call))
    excluded = calls(block(sections.get("excludes")))
    return Matrix(
        call,
        shared(sections),
        axes(sections.get("axes")),
        tuple(axes(one) for one in excluded if one.name == "exclude"),
        stages(sections.get("stages")),
    )


def axes(call: Call | None) -> tuple[Axis, ...]:
    return tuple(axis(found) for found in calls(block(call)) if found.name == "axis")


def axis(call: Call) -> Axis:
    parts = first_of_each(block(call))
    name = parts.get("name")
    chosen = parts.get("values") or parts.get("notValues")
    given = name.arguments[0].value if name and name.arguments else None
    listed = tuple(one.value for one in chosen.plain) if chosen else ()
    return Axis(text_of(given), listed, "values" not in parts and "notValues" in parts, call)


def steps(statements: tuple[Statement, ...]) -> tuple[Step, ...]:
    return tuple(step(call) for call in calls(statements))


def step(call: Call) -> Step:
    """Read one step; the branches of a `parallel` step are steps named after them."""
    if call.name == "parallel" and any(isinstance(one.value, Closure) for one in call.arguments):
        return Step(call.name, call.arguments, branches(call), call)
    inner = () if call.name == "script" else steps(block(call))
    return Step(call.name, call.plain, inner, call)


def branches(call: Call) -> tuple[Step, ...]:
    return tuple(
        Step(one.key, (), steps(one.value.body), call)
        for one in call.arguments
        if one.key is not None and isinstance(one.value, Closure)
    )


def values(node: Expression) -> tuple[Expression, ...]:
    """Return the items of a list, or the node itself."""
    return tuple(item.value for item in node.items) if isinstance(node, ListOf) else (node,)
