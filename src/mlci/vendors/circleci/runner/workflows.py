"""A workflow as the jobs and approvals it uses, each with what it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlci.parity.part import Part
from mlci.vendors.circleci.runner.config import Config, refusal
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.runner.filters import passes
from mlci.vendors.circleci.runner.jobs import Use
from mlci.vendors.circleci.runner.logic import holds
from mlci.vendors.circleci.syntax import model
from mlci.vendors.circleci.syntax.model import RESERVED, JobUse
from mlci.vendors.circleci.syntax.names import (
    MAX_COMBINATIONS,
    Instance,
    Names,
    Row,
    put,
    requirements,
    rows,
    unmet,
)
from mlci.vendors.circleci.syntax.plain import plain
from mlci.yaml.hints import near
from mlci.yaml.tree import words

KEYS = ("when", "unless", "jobs")
STATES = ("success", "failed", "canceled")


class Node(NamedTuple):
    """A job or an approval of a workflow."""

    workflow: str
    name: str
    use: Use
    needs: Mapping[str, frozenset[str]]
    """What it waits for -> how that must have ended."""
    contexts: tuple[str, ...]
    approval: bool
    passes: bool
    """Whether its filters let it run."""

    @property
    def key(self) -> str:
        return f"{self.workflow}/{self.name}"


def starts(part: Part, scope: Scope) -> bool:
    """Tell whether a workflow's `when` and `unless` let it run."""
    when, unless = part.get("when"), part.get("unless")
    if "when" in part.value and (when is None or not holds(when, scope, expressions=True)):
        return False
    return unless is None or not holds(unless, scope, expressions=True)


def workflows(config: Config) -> Iterator[tuple[model.Workflow, Part]]:
    if config.part.get("workflows") is None:
        raise config.part.refuse("it has no workflows")
    for found in config.syntax.workflows:
        yield found, config.workflow(found).only(KEYS, f"the workflow '{found.name}'")


def nodes(config: Config, workflow: model.Workflow, scope: Scope) -> tuple[Node, ...]:
    """Return the jobs and approvals of a workflow.

    Raises
    ------
    InputError : a use is not known, or what it requires is not there
    """
    check(config, workflow, config.workflow(workflow))
    groups = {group.name: group for group in config.syntax.groups}
    for use in workflow.jobs:
        if use.job in groups:
            said, group = f"the group '{use.job}'", groups[use.job]
            config.used(use).only(("serial-group",), said)
            check(config, group, config.workflow(group, "job-groups").only(("jobs",), said))

    def fill(text: str, row: Row) -> str:
        return own_scope(row, config, scope).fill(config.part.become(text)).text()

    names = Names(workflow, groups, fill)
    return tuple(node(config, workflow.name, one, names, scope) for one in names.instances)


def check(config: Config, workflow: model.Workflow, part: Part) -> None:
    jobs = part.get("jobs")
    if jobs is None:
        raise part.refuse(f"the workflow '{workflow.name}' has no jobs", key=True)
    for one in jobs.items():
        if not isinstance(one.value, str) and len(list(one.entries())) != 1:
            raise one.refuse("a job is a name, or a mapping of one name", "check how deep its keys stand")
    for use in workflow.jobs:
        check_matrix(config.used(use).get("matrix"), use)


def check_matrix(matrix: Part | None, use: JobUse) -> None:
    if matrix is None:
        return
    matrix.only(("alias", "parameters", "exclude"), "a matrix")
    if not use.matrix():
        raise matrix.refuse("a matrix needs parameters", key=True)
    if rows(use) is None:
        help = f"there may be {MAX_COMBINATIONS} combinations; what is excluded is written out"
        raise matrix.child("parameters").refuse("each parameter of a matrix has a list of values", help)


def own_scope(row: Row, config: Config, scope: Scope) -> Scope:
    """Return the scope of one use: the pipeline's values, and those of its matrix."""
    values = {axis: scope.filled(config.part, plain(value)) for axis, value in row.items()}
    return Scope(scope.pipeline, None, values or None)


def node(config: Config, workflow: str, one: Instance, names: Names, scope: Scope) -> Node:
    own, options = own_scope(one.row, config, scope), config.used(one.use)
    kind = options.get("type")
    if kind is not None and kind.text() != "approval":
        raise kind.refuse(f"a job of type '{kind.text()}' cannot be run here")
    other = options.get("override-with")
    if other is not None:
        raise other.refuse(f"a job that '{other.text()}' takes the place of cannot be run here", key=True)
    given = {key: own.fill(part) for key, part in options.entries() if key not in RESERVED}
    matrix = {key: options.become(value) for key, value in (own.matrix or {}).items()}
    context = options.get("context")
    return Node(
        workflow,
        one.name,
        Use(one.use.job, options, {**given, **matrix}, options.get("pre-steps"), options.get("post-steps")),
        needs(config, one, names),
        tuple(own.fill(context).texts()) if context is not None else (),
        kind is not None,
        passes(options.get("filters"), own),
    )


def needs(config: Config, one: Instance, names: Names) -> dict[str, frozenset[str]]:
    """Return what a job waits for, and how that must have ended."""
    found: dict[str, frozenset[str]] = {}
    for required, states in requirements(one.use):
        wanted = frozenset(state.value for state in words(states)) if states else frozenset(("success",))
        if not wanted <= set(STATES):
            raise refusal(config.document, states, f"a job ends as one of {', '.join(STATES)}")
        name = names.fill(put(required.value, one.row), one.row)
        meant = names.runs.get(name, [])
        if not meant:
            said = unmet(one.use, name)
            raise refusal(config.document, required, said, near(name, names.fixed))
        found |= dict.fromkeys((each.name for each in meant), wanted)
    return found
