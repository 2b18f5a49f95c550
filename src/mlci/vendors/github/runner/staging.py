"""A workflow's file as act runs it on this machine: what act leaves out, or would do otherwise, made so.

Container images give way to this machine, jobs that wait for an approval in vain do not run, a job that may
fail lets others go on, a secret of one environment is in no other, and a cache is kept when its job succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from mlci.rendering.render import quoted
from mlci.vendors.github.render.text import OPEN, string
from mlci.vendors.github.runner import shipped_actions
from mlci.vendors.github.runner.evaluation import bare, read_expression
from mlci.vendors.github.runner.reading import Job, Workflow
from mlci.vendors.github.runner.substitutes.offered import CACHE, CHECKOUT, MATRIX, SAVE, action_of
from mlci.vendors.github.syntax.embedded_expressions import expressions_in
from mlci.vendors.github.syntax.expression.functions import status_calls
from mlci.vendors.github.syntax.expression.tree import (
    Context,
    Expression,
    Index,
    Literal,
    Property,
    walk,
)
from mlci.yaml.document import Node, entries
from mlci.yaml.nodes import STR

LABEL = "this-machine"
"""The one label that all jobs run on."""
FAILED = "contains(steps.*.outcome, 'failure')"
"""Whether a step of the job has failed; unlike `failure()` also where it is let go on."""


class Leaf(NamedTuple):
    """A scalar of the file."""

    text: str
    quoted: bool = True

    def written(self) -> str:
        return quoted(self.text) if self.quoted else self.text


Tree = dict[str, Any]
"""A mapping of the file: leaves, lists and mappings by name."""


def staged(workflow: Workflow, *, stopped: Collection[str], held: Mapping[str, str]) -> str:
    """Return a workflow's file as act is to run it.

    Parameters
    ----------
    workflow : as it is on disk
    stopped : the keys of jobs that must not run
    held : secret -> the only environment that has it
    """
    assert workflow.document.root is not None  # noqa: S101 - it was read
    tree = tree_of(workflow.document.root)
    shared = tree.get("env") or {}
    protect(tree)
    for key, job in workflow.jobs.items():
        strange = {name for name, environment in held.items() if environment not in ("", job.environment)}
        tree["jobs"][key] = stage(job, hidden(tree["jobs"][key], strange), shared)
        if key in stopped:
            tree["jobs"][key]["if"] = Leaf("false", quoted=False)
    return written(tree) + "\n"


def stage(job: Job, tree: Tree, shared: Tree) -> Tree:
    """Return a job's mapping as act is to run it; `shared` are the workflow's variables."""
    kept = {name: value for name, value in tree.items() if name not in ("container", "continue-on-error")}
    kept["runs-on"] = Leaf(LABEL)
    protect(kept)
    steps = [handed(step, {**shared, **(tree.get("env") or {})}) for step in tree.get("steps") or ()]
    if "continue-on-error" in tree:
        steps = [softened(step, tree["continue-on-error"]) for step in steps]
    kept["steps"] = [*map(introduced, steps), *saves(steps)]
    return kept


def introduced(step: Tree) -> Tree:
    """Return a step; a checkout also says which instance of a matrix it is in, as act tells no action."""
    if "uses" not in step or action_of(step["uses"].text) != CHECKOUT:
        return step
    return {**step, "with": {**(step.get("with") or {}), MATRIX: Leaf("${{ toJSON(matrix) }}")}}


def protect(tree: Tree) -> None:
    """Write the `env` of a workflow or job so that act, which works it out twice, ends where GitHub does."""
    if isinstance(tree.get("env"), dict):
        tree["env"] = {name: twice(value) for name, value in tree["env"].items()}


def handed(step: Tree, env: Tree) -> Tree:
    """Return a step; one of mlci's actions has variables that act works out once more in what it calls."""
    if "uses" not in step or not shipped_actions.named(step["uses"].text):
        return step
    again = {name: twice(value) for name, value in env.items() if OPEN in value.text}
    return {**step, "env": {**again, **(step.get("env") or {})}} if again else step


def twice(value: Leaf) -> Leaf:
    """Return a scalar whose texts that look like expressions are still texts after the first time."""
    text = value.text
    for piece in reversed(list(expressions_in(text))):
        nodes = [
            node
            for node in walk(read_expression(piece.text))
            if isinstance(node, Literal) and OPEN in str(node.value)
        ]
        inner = replaced(piece.text, nodes, lambda node: string("${{ " + string(node.value) + " }}"))
        text = text[: piece.inner] + inner + text[piece.inner + len(piece.text) :]
    return value._replace(text=text)


def saves(steps: list[Tree]) -> Iterator[Tree]:
    for step in reversed(steps):
        if "uses" in step and action_of(step["uses"].text) == CACHE:
            given = {name: value for name, value in step["with"].items() if name in ("path", "key")}
            yield {"name": Leaf("Keep the cache"), "uses": Leaf(SAVE), "with": given}


def softened(step: Tree, allowed: Leaf) -> Tree:
    """Return a step whose failure lets act go on with other jobs, though not with this one's steps."""
    given = step.get("if", Leaf(""))
    return {"continue-on-error": allowed, **step, "if": Leaf("${{ " + soft(given.text) + " }}")}


def soft(condition: str) -> str:
    """Return a step's condition in words that count a failure although it is let go on."""
    if not condition:
        return f"!{FAILED}"
    source = bare(condition)
    calls = status_calls(read_expression(source))
    words = {"success": f"!{FAILED}", "failure": FAILED}
    changed = replaced(source, calls, lambda node: words.get(node.name.lower(), f"{node.name}()"))
    return changed if calls else f"!{FAILED} && ({changed})"


def hidden(tree: Any, names: Collection[str]) -> Any:
    """Return a part of the file in which some secrets are empty, as where nobody has set them."""
    if not names:
        return tree
    if isinstance(tree, dict):
        return {name: hidden(value, names) for name, value in tree.items()}
    if isinstance(tree, list):
        return [hidden(value, names) for value in tree]
    return tree._replace(text=without(tree.text, names)) if "secrets" in tree.text else tree


def without(text: str, names: Collection[str]) -> str:
    for piece in reversed(list(expressions_in(text))):
        nodes = [node for node in walk(read_expression(piece.text)) if secret_of(node) in names]
        inner = replaced(piece.text, nodes, lambda node: "''")
        text = text[: piece.inner] + inner + text[piece.inner + len(piece.text) :]
    return text


def secret_of(node: Expression) -> str:
    """Return the secret that a node names; "" for any other."""
    if not isinstance(node, Property | Index) or not isinstance(node.receiver, Context):
        return ""
    if node.receiver.name.lower() != "secrets":
        return ""
    if isinstance(node, Property):
        return node.name.upper()
    return str(node.key.value).upper() if isinstance(node.key, Literal) else ""


def replaced(source: str, nodes: Collection[Any], words: Callable[[Any], str]) -> str:
    """Return an expression with some of its nodes written otherwise."""
    for node in sorted(nodes, key=lambda each: -each.start):
        source = source[: node.start] + words(node) + source[node.end :]
    return source


def tree_of(node: Node) -> Any:
    """Return a node as plain mappings and lists, its scalars as they were written."""
    if node.id == "mapping":
        return {key.value: tree_of(value) for key, value in entries(node)}
    if node.id == "sequence":
        return [tree_of(item) for item in node.value]
    return Leaf(node.value, node.tag == STR)


def written(tree: Any) -> str:
    """Return mappings and lists as YAML on one line."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{quoted(name)}: {written(value)}" for name, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(written, tree)) + "]"
    return str(tree.written())
