"""Which variables of a pipeline hold credentials, and which come from outside."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.vendors.jenkins.syntax.groovy.tree import Call, Expression, Index, Member, Name, text_of, walk
from mlci.vendors.jenkins.syntax.model import Jenkinsfile

BINDING_KEYS = frozenset(
    {
        "variable",
        "passwordVariable",
        "secretKeyVariable",
        "passphraseVariable",
        "tokenVariable",
        "keystoreVariable",
    }
)
"""Arguments of credential bindings that name a variable with a secret in it."""

FROM_OUTSIDE = frozenset(
    {
        "BRANCH_NAME",
        "CHANGE_AUTHOR",
        "CHANGE_AUTHOR_DISPLAY_NAME",
        "CHANGE_AUTHOR_EMAIL",
        "CHANGE_BRANCH",
        "CHANGE_FORK",
        "CHANGE_TITLE",
        "GIT_BRANCH",
        "GIT_LOCAL_BRANCH",
        "TAG_NAME",
        "ghprbCommentBody",
        "ghprbPullTitle",
        "ghprbSourceBranch",
        "gitlabMergeRequestTitle",
        "gitlabSourceBranch",
        "gitlabTriggerPhrase",
    }
)
"""Variables of a build whose text anyone who can push a branch or open a request chooses."""

FREE_TEXT = frozenset({"string", "text", "validatingString", "stringParam", "textParam", "persistentString"})
"""Types of parameter into which the user types what they like."""


def credential_variables(tree: Jenkinsfile) -> frozenset[str]:
    """Return the names of all variables that hold a credential, or a part of one."""
    found: set[str] = set()
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            for variable in holder.environment:
                if isinstance(variable.value, Call) and variable.value.name == "credentials":
                    found |= {variable.name, f"{variable.name}_PSW"}
    for node in tree.nodes:
        if isinstance(node, Call) and node.name == "withCredentials":
            found |= set(bound(node))
    return frozenset(found)


def bound(call: Call) -> Iterator[str]:
    """Yield the secret variables a `withCredentials` sets."""
    for node in walk(*call.plain):
        if isinstance(node, Call):
            for argument in node.arguments:
                name = text_of(argument.value)
                if argument.key in BINDING_KEYS and name and node.name not in ("file", "zip"):
                    yield name


def parameters(tree: Jenkinsfile) -> dict[str, str]:
    found: dict[str, str] = {}
    for pipeline in tree.pipelines:
        declared = list(pipeline.parameters)
        for holder in pipeline.holders():
            declared.extend(holder.input.parameters if holder.input else ())
        for one in declared:
            if name := one.text("name", None):
                found[name] = one.name
    return found


def outside(node: Expression, declared: dict[str, str]) -> str | None:
    """Return what an expression is called, when its text comes from outside the pipeline; else None.

    Parameters
    ----------
    declared : the pipeline's parameters; one that offers fixed choices is no danger
    """
    for inner in walk(node):
        owner, name = property_of(inner)
        if owner == "params" and declared.get(name, "string") in FREE_TEXT:
            return f"params.{name}"
        if owner in ("env", "") and (name in FROM_OUTSIDE or declared.get(name) in FREE_TEXT):
            return f"{owner}.{name}" if owner else name
    return None


def property_of(node: object) -> tuple[str, str]:
    """Return owner and name of `owner.name`, `owner['name']`, or of a bare name with no owner."""
    if isinstance(node, Member) and isinstance(node.target, Name):
        return node.target.name, node.name
    if isinstance(node, Index) and isinstance(node.target, Name) and len(node.arguments) == 1:
        return node.target.name, text_of(node.arguments[0].value) or ""
    if isinstance(node, Name):
        return "", node.name
    return "?", ""
