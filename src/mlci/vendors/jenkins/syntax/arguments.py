"""Comparing what a call is given with what its signature takes, as Jenkins does before it runs anything."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, suggest
from mlci.vendors.jenkins.syntax.groovy.tree import Argument, Call, Expression, ListOf, Literal, MapOf, Node
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.vendors.jenkins.syntax.signatures import Parameter, Signature

KINDS = {"str": "a string", "int": "a whole number", "bool": "true or false"}


def check_call(tree: Jenkinsfile, call: Call, signature: Signature, rule: str) -> Iterator[Finding]:
    """Yield what is wrong with a call's arguments.

    Parameters
    ----------
    signature : what the called step or directive takes
    rule : the id under which to report
    """
    given = call.plain
    if any(one.key in ("", "*") for one in given):
        return  # spread or computed keys: only the run can tell
    named = [one for one in given if one.key is not None]
    unnamed = [one for one in given if one.key is None]
    if named and unnamed:
        message = f"'{call.name}' mixes named and unnamed arguments"
        yield tree.finding(unnamed[0].value, message, rule, help="name all of them")
    elif len(unnamed) > 1:
        names = ", ".join(f"{name}: …" for name in list(signature.parameters)[: len(unnamed)])
        help = f"write {call.name}({names})" if names else None
        yield tree.finding(unnamed[1].value, f"the arguments of '{call.name}' must be named", rule, help=help)
    elif unnamed:
        yield from check_unnamed(tree, call, unnamed[0].value, signature, rule)
    else:
        yield from check_named(tree, call, named, signature, rule)


def check_unnamed(
    tree: Jenkinsfile, call: Call, value: Expression, signature: Signature, rule: str
) -> Iterator[Finding]:
    """Yield what is wrong with a single argument without a name."""
    if isinstance(value, MapOf):
        return  # the old [$class: …] form
    if not signature.parameters:
        yield tree.finding(value, f"'{call.name}' takes no arguments", rule)
        return
    sole = signature.sole or (
        next(iter(signature.parameters.values())) if len(signature.parameters) == 1 else None
    )
    if sole:
        yield from check_value(tree, call, sole, value, rule)
        return
    required = [one.name for one in signature.parameters.values() if one.required]
    if len(required) > 1:
        names = ", ".join(f"{name}: …" for name in required)
        yield tree.finding(value, f"the arguments of '{call.name}' must be named: {names}", rule)


def check_named(
    tree: Jenkinsfile, call: Call, named: list[Argument], signature: Signature, rule: str
) -> Iterator[Finding]:
    """Yield unknown, mistyped and missing arguments."""
    for one in named:
        parameter = signature.parameters.get(one.key or "")
        if parameter:
            yield from check_value(tree, call, parameter, one.value, rule)
            continue
        mark = tree.source.mark(one.key_start, one.key_start + len(one.key or ""))
        known = ", ".join(sorted(signature.parameters)) or "none"
        help = suggest(one.key or "", signature.parameters) or f"it takes {known}"
        yield Finding(mark, f"'{call.name}' takes no argument '{one.key}'", rule, "error", help)
    given = {one.key for one in named}
    for parameter in signature.parameters.values():
        if parameter.required and parameter.name not in given:
            yield tree.finding(call, f"'{call.name}' lacks its required argument '{parameter.name}'", rule)


def check_value(
    tree: Jenkinsfile, call: Call, parameter: Parameter, value: Node, rule: str
) -> Iterator[Finding]:
    """Yield a literal of the wrong type; what the run computes is left alone."""
    wanted = wanted_instead(parameter.kind, value)
    if wanted:
        message = f"'{parameter.name}' of '{call.name}' must be {wanted}, not {tree.text(value)}"
        yield tree.finding(value, message, rule)


def wanted_instead(kind: str, value: Node) -> str | None:
    """Say what a value should have been; None when it fits, or when only the run can tell."""
    if kind == "any":
        return None
    if isinstance(value, (ListOf, MapOf)):
        return KINDS.get(kind)
    if not isinstance(value, Literal) or value.value is None:
        return None
    if "|" in kind:
        fits = isinstance(value.value, str) and value.value in kind.split("|")
        return None if fits else "one of " + ", ".join(kind.split("|"))
    if kind == "str":
        return KINDS[kind] if isinstance(value.value, (bool, int)) else None
    if kind == "int":
        return KINDS[kind] if isinstance(value.value, (bool, str, float)) else None
    return KINDS[kind] if isinstance(value.value, int) and not isinstance(value.value, bool) else None
