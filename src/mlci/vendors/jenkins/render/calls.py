"""The shared library's calls in a Jenkinsfile, read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlci.vendors.jenkins.syntax import Stage
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Expression, ListOf, Literal, MapOf, text_of, walk

STEP = "mlciStage"
OPTIONS = ("workflow", "job", "force", "store", "root")


def library_calls(stage: Stage) -> Iterator[dict[str, Any]]:
    """Yield what the library's step is given in a stage, `script` blocks and other steps' blocks included."""
    steps = stage.section("steps")
    for node in walk(steps) if steps else ():
        if isinstance(node, Call) and node.name == STEP:
            yield {one.key: value_of(one.value) for one in node.arguments if one.key is not None}


def value_of(node: Expression) -> Any:
    """Return what an expression always is, None when that depends on the run."""
    if isinstance(node, ListOf):
        return [value_of(one.value) for one in node.items]
    if isinstance(node, MapOf):
        return {one.key: value_of(one.value) for one in node.items}
    if isinstance(node, Literal) and not isinstance(node.value, str):
        return node.value
    text = text_of(node)
    return None if text is None else whole(text)


def words(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the `mlci exec …` that a call makes, with its own variables before it."""
    env = given.get("env")
    before = [f"{name}={value}" for name, value in env.items()] if isinstance(env, Mapping) else []
    options: list[str] = []
    for name in OPTIONS:
        value = given.get(name)
        options += [f"--{name}"] if value is True else [f"--{name}", str(value)] if value else []
    return (*before, "mlci", "exec", str(given["stage"]), *options)


def whole(text: str) -> str:
    """Return text with the halves of characters beyond the first plane put together."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
