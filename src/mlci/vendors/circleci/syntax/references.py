"""The expressions `<< … >>` in a CircleCI file, and the documented values they can name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlci.vendors.circleci.syntax.expression import kind
from mlci.vendors.circleci.syntax.model import Config, Definition, JobUse, Parameter, read_config
from mlci.vendors.circleci.syntax.plain import plain
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import items, scalars, sequence

REFERENCE = re.compile(r"(?<!\\)<<\s*([A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)\s*>>")
WHOLE = re.compile(rf"\s*{REFERENCE.pattern}\s*")
"""A reference that is all of a value, which keeps its type."""
BARE = re.compile(r"(?<![\w.\"'/-])((?:pipeline|parameters|matrix)(?:\.[A-Za-z0-9_-]+)+)")
"""A value's name where no brackets are needed: in the expressions of `when` and `filters`."""
PIPELINE: dict[str, tuple[str, ...]] = {
    "id": (),
    "number": (),
    "trigger_source": (),
    "in_setup": (),
    "project": ("git_url", "type", "slug", "id", "name", "organization_id"),
    "git": (
        "tag",
        "branch",
        "branch.is_default",
        "revision",
        "base_revision",
        "commit.subject",
        "commit.body",
        "commit.author_name",
        "commit.author_email",
        "repo_name",
        "repo_owner",
        "repo_id",
    ),
    "schedule": ("name", "id"),
    "trigger_parameters": ("*",),
    "trigger": ("*",),
    "event": ("*",),
    "deploy": ("component_name", "environment_name", "target_version", "current_version", "namespace"),
    "parameters": ("*",),
}
"""What stands behind `pipeline.`, and behind that; `*` where an event's payload decides."""


KINDS = {"number": "number", "in_setup": "boolean", "git.branch.is_default": "boolean"}
"""Of the pipeline's values that are no texts."""
OF_TYPES = {"string": "text", "env_var_name": "text", "integer": "number", "boolean": "boolean"}


def kind_of_value(config: Config, name: str) -> str | None:
    """Return the kind of a pipeline's value; None when only a pipeline knows."""
    first, _, rest = name.partition(".")[2].partition(".")
    if first == "parameters":
        declared = config.parameters.get(rest)
        return None if declared is None else OF_TYPES.get(declared.type) or kind_of_enum(declared)
    if "*" in PIPELINE.get(first, ("*",)):
        return None
    return KINDS.get(f"{first}.{rest}" if rest else first, "text")


def kind_of_enum(declared: Parameter) -> str | None:
    """Return the kind that all values of an enum have; None when they differ."""
    kinds = {kind(plain(one)) for one in sequence(declared.enum)}
    return kinds.pop() if len(kinds) == 1 else None


class Reference(NamedTuple):
    """One use of a value."""

    name: str
    literal: str
    node: Node
    owner: Definition | JobUse | None


def references(file: SourceFile) -> list[Reference]:
    """Return every expression of a file, with the definition or workflow's job it stands in."""
    if "<<" not in file.text:
        return []
    config = file.once(read_config)
    return [
        Reference(found[1], found[0], node, owner)
        for owner, node in owned(config)
        if "<<" in node.value
        for found in REFERENCE.finditer(node.value)
    ]


def unescaped(text: str) -> str:
    r"""Return a text as the job gets it: `\<<` stands for `<<`."""
    return text.replace("\\<<", "<<")


def owned(config: Config) -> Iterator[tuple[Definition | JobUse | None, Node]]:
    for definition in config.scope.definitions():
        for node in scalars(definition.node):
            yield definition, node
    for workflow in config.all_workflows():
        for job in workflow.jobs:
            yield job, job.key
            for node in scalars(job.arguments):
                yield job, node
        for one in items(workflow.node):
            if one.name != "jobs":
                for node in scalars(one.value):
                    yield None, node
