"""One pipeline: a configuration read for an event, with what runs of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlci.errors import InputError
from mlci.parity.account import Named
from mlci.parity.contract import Event
from mlci.parity.naming import belongs, executed
from mlci.parity.part import Part
from mlci.vendors.circleci.runner import config, values
from mlci.vendors.circleci.runner.config import Config
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.runner.jobs import Resolved, environment, resolve
from mlci.vendors.circleci.runner.values import Commit
from mlci.vendors.circleci.runner.workflows import Node, nodes, starts, workflows
from mlci.vendors.circleci.syntax.references import unescaped

FIRST = (".circleci/config.yml", ".circleci/config.yaml")


class Workflow(NamedTuple):
    """A workflow of a pipeline."""

    name: str
    starts: bool
    nodes: tuple[Node, ...]


class Pipeline:
    """A configuration read for an event.

    Parameters
    ----------
    name, text : the file
    event : what happens
    commit : what is built
    passed : parameters that a setup configuration passes on
    sources : the files of orbs

    Raises
    ------
    InputError : something in the file is not known
    """

    def __init__(
        self,
        name: str,
        text: str,
        event: Event,
        commit: Commit,
        passed: Mapping[str, Part] | None = None,
        sources: config.Sources | None = None,
    ) -> None:
        self.config: Config = config.load(name, text, sources or {})
        self.event, self.commit = event, commit
        given = values.parameters(self.config, event, passed or {})
        self.scope = Scope(values.values(event, commit, given, self.config.setup))
        self.workflows = tuple(self.read())
        self.resolved: dict[str, Resolved] = {}

    def read(self) -> Iterator[Workflow]:
        for found, part in workflows(self.config):
            yield Workflow(found.name, starts(part, self.scope), nodes(self.config, found, self.scope))

    def job(self, node: Node) -> Resolved:
        if node.key not in self.resolved:
            self.resolved[node.key] = resolve(node.name, node.use, self.config.syntax.scope, self.scope)
        return self.resolved[node.key]

    def named(self, node: Node) -> Named | None:
        """Return a node in mlci's words; None for one that belongs to how the file works."""
        if node.approval:
            return Named(node.workflow, node.name)
        called = list(scripts(self.job(node)))
        for script, environ in called:
            for found in executed(script, environ):
                return Named(found.workflow or node.workflow, found.id)
        own = any(belongs(script, environ) for script, environ in called)
        return None if own else Named(node.workflow, node.name)


def scripts(job: Resolved) -> Iterator[tuple[str, Mapping[str, str]]]:
    for step in job.steps:
        if step.script:
            yield unescaped(step.script), environment(step.part.get("environment"))


def skipped(found: tuple[Node, ...]) -> frozenset[str]:
    """Return the nodes that filters leave out, and those of whose needs none is left."""
    out = {node.name for node in found if not node.passes}
    while True:
        more = {node.name for node in found if node.needs and set(node.needs) <= out} - out
        if not more:
            return frozenset(out)
        out |= more


def first_file(files: Mapping[str, str]) -> str:
    """Return the path of the configuration that CircleCI reads.

    Raises
    ------
    InputError : there is none
    """
    for path in FIRST:
        if path in files:
            return path
    raise InputError("there is no .circleci/config.yml", help="run `mlci generate`")
