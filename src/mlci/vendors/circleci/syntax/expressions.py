"""The expressions `<< … >>` in a CircleCI file, and the documented values they can name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlci.vendors.circleci.syntax.model import Config, Definition, JobUse, read
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import items, scalars

EXPRESSION = re.compile(r"(?<!\\)<<\s*([A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)\s*>>")
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


class Expression(NamedTuple):
    """One use of a value."""

    name: str
    literal: str
    node: Node
    owner: Definition | JobUse | None


def expressions(file: SourceFile) -> list[Expression]:
    """Return every expression of a file, with the definition or workflow's job it stands in."""
    if "<<" not in file.text:
        return []
    config = file.once(read)
    return [
        Expression(found[1], found[0], node, owner)
        for owner, node in owned(config)
        if "<<" in node.value
        for found in EXPRESSION.finditer(node.value)
    ]


def owned(config: Config) -> Iterator[tuple[Definition | JobUse | None, Node]]:
    """Yield every scalar, by what it stands in."""
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
