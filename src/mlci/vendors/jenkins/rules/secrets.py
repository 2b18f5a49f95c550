"""What a Jenkinsfile says of secrets and of text from outside, as the shared rules ask for it."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.lint.jobs import Password, Pasted, Printed, Variable, View
from mlci.vendors.jenkins.rules.places import constant
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Argument,
    Assign,
    Call,
    Expression,
    Hole,
    Literal,
    Template,
    walk,
)
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.vendors.jenkins.syntax.secrets import credential_variables, outside, parameters, property_of
from mlci.vendors.jenkins.syntax.shell import shell_scripts

PASSWORDS = ("password", "nonStoredPassword")
DEFAULTS = ("defaultValue", "defaultValueAsSecret")


def add_secrets(tree: Jenkinsfile, view: View) -> None:
    """Add what the calls and assignments of a file say of secrets."""
    view.credentials = credential_variables(tree)
    for node in tree.nodes:
        if isinstance(node, (Argument, Assign)) and named(node) == "allowAnyHosts" and is_true(node.value):
            view.unchecked_hosts.append(tree.mark(node.value))
        if isinstance(node, Assign):
            view.literals += literal(tree, getattr(node.target, "name", ""), node.value)
        elif isinstance(node, Call):
            add_call(tree, view, node)


def add_call(tree: Jenkinsfile, view: View, call: Call) -> None:
    if call.name == "withEnv":
        view.env += with_env(tree, call)
    elif call.name in PASSWORDS:
        view.passwords += defaults(tree, call)
    elif call.target is None and call.name in ("echo", "println", "print") and view.credentials:
        view.printed += printed(tree, call, view.credentials)


def named(node: Argument | Assign) -> str | None:
    """Return the name of an argument, or of what is assigned to."""
    return node.key if isinstance(node, Argument) else getattr(node.target, "name", None)


def is_true(node: object) -> bool:
    return isinstance(node, Literal) and node.value is True


def literal(tree: Jenkinsfile, name: str, value: object) -> list[Variable]:
    text = constant(tree, value) if isinstance(value, Literal) else None
    return [Variable(name, text)] if text is not None else []


def with_env(tree: Jenkinsfile, call: Call) -> Iterator[Variable]:
    """Yield the variables among the `NAME=value` strings of a withEnv."""
    for node in walk(*call.plain):
        text = constant(tree, node) if isinstance(node, Literal) else None
        name, equals, value = text.value.partition("=") if text is not None else ("", "", "")
        if text is not None and equals:
            yield Variable(name, text._replace(value=value))


def defaults(tree: Jenkinsfile, call: Call) -> Iterator[Password]:
    for argument in call.arguments:
        text = constant(tree, argument.value) if argument.key in DEFAULTS else None
        if text is not None:
            yield Password("default of a password parameter", text, "leave the default empty", "warning")


def printed(tree: Jenkinsfile, call: Call, secret: frozenset[str]) -> Iterator[Printed]:
    """Yield the secrets in the text of an echo step."""
    for template in walk(*call.plain):
        for part in template.parts if isinstance(template, Template) else ():
            name = property_of(part.value)[1] if isinstance(part, Hole) else ""
            if isinstance(part, Hole) and name in secret:
                yield Printed(call.name, name, tree.mark(part))


def pasted(tree: Jenkinsfile) -> Iterator[Pasted]:
    declared = parameters(tree)
    for script in shell_scripts(tree):
        for expression in script.expressions:
            name = outside(expression, declared)
            if name is not None:
                yield danger(tree, expression, name)


def danger(tree: Jenkinsfile, expression: Expression, name: str) -> Pasted:
    said = f"'{name}' is pasted into the script; whoever sets it can run anything"
    return Pasted(tree.mark(expression), said, "warning")
