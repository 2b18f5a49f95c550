"""A workflow as the jobs and approvals it uses: matrices expanded, groups dissolved, names settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from mlci.parity.part import Part
from mlci.vendors.circleci.runner.config import Config
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.runner.filters import passes
from mlci.vendors.circleci.runner.jobs import Use
from mlci.vendors.circleci.runner.logic import holds
from mlci.vendors.circleci.syntax.model import RESERVED

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
        """Its name among those of all workflows."""
        return f"{self.workflow}/{self.name}"


class Entry(NamedTuple):
    """One use of a job, before names are settled."""

    use: Part
    job: str
    options: Part
    matrix: Mapping[str, Any]
    alias: str


def starts(part: Part, scope: Scope) -> bool:
    """Tell whether a workflow's `when` and `unless` let it run."""
    when, unless = part.get("when"), part.get("unless")
    if "when" in part.value and (when is None or not holds(when, scope, expressions=True)):
        return False
    return unless is None or not holds(unless, scope, expressions=True)


def workflows(config: Config) -> Iterator[tuple[str, Part]]:
    found = config.part.get("workflows")
    if found is None:
        raise config.part.refuse("it has no workflows")
    for name, part in found.entries():
        if name != "version":
            yield name, part.only(KEYS, f"the workflow '{name}'")


def nodes(config: Config, name: str, part: Part, scope: Scope) -> tuple[Node, ...]:
    """Return the jobs and approvals of a workflow.

    Raises
    ------
    InputError : a use is not known, or what it requires is not there
    """
    jobs = part.get("jobs")
    if jobs is None:
        raise part.refuse(f"the workflow '{name}' has no jobs", key=True)
    found: list[Entry] = []
    groups: dict[str, list[str]] = {}
    for entry in uses(jobs, scope):
        inner = group(config, entry, scope)
        if inner is None:
            found.append(entry)
        else:
            found.extend(inner)
            groups[entry.job] = [title(each, scope) for each in inner]
    return settle(name, found, groups, scope)


def uses(jobs: Part, scope: Scope) -> Iterator[Entry]:
    """Yield each use of a job, one for each combination of its matrix."""
    for one in jobs.items():
        if isinstance(one.value, str):
            yield Entry(one, one.value, one.become({}), {}, "")
            continue
        found = list(one.entries())
        if len(found) != 1:
            raise one.refuse("a job is a name, or a mapping of one name", "check how deep its keys stand")
        job, options = found[0]
        matrix = options.get("matrix")
        if matrix is None:
            yield Entry(one, job, options if options.value is not None else options.become({}), {}, "")
            continue
        alias = matrix.get("alias")
        for row in combinations(matrix, scope):
            yield Entry(one, job, options, row, job if alias is None else alias.text())


def combinations(matrix: Part, scope: Scope) -> Iterator[dict[str, Any]]:
    """Yield the combinations of a matrix, but for those that are excluded."""
    matrix.only(("alias", "parameters", "exclude"), "a matrix")
    axes = matrix.get("parameters")
    if axes is None:
        raise matrix.refuse("a matrix needs parameters", key=True)
    values = {name: scope.fill(part).value for name, part in axes.entries()}
    if not all(isinstance(each, list) and each for each in values.values()):
        raise axes.refuse("each parameter of a matrix has a list of values")
    excluded = matrix.get("exclude")
    rows = [] if excluded is None else [scope.fill(each).value for each in excluded.items()]
    for row in product(*values.values()):
        one = dict(zip(values, row, strict=True))
        if one not in rows:
            yield one


def group(config: Config, entry: Entry, scope: Scope) -> list[Entry] | None:
    """Return the uses inside a group of jobs; None when a use is none of a group."""
    found = config.part.get("job-groups")
    if found is None or entry.job not in found.value:
        return None
    entry.options.only(("serial-group",), f"the group '{entry.job}'")
    inside = found.child(entry.job).only(("jobs",), f"the group '{entry.job}'").get("jobs")
    return [] if inside is None else list(uses(inside, scope))


def own_scope(entry: Entry, scope: Scope) -> Scope:
    """Return the scope of one use: the pipeline's values, and those of its matrix."""
    return Scope(scope.pipeline, None, entry.matrix or None)


def title(entry: Entry, scope: Scope) -> str:
    """Return what the workflow calls a use."""
    name = entry.options.get("name")
    if name is not None:
        return own_scope(entry, scope).fill(name).text()
    # What CircleCI calls an instance: the job, and its values in the order of their names.
    values = (str(entry.matrix[axis]) for axis in sorted(entry.matrix))
    return "-".join((entry.job, *values))


def settle(
    workflow: str, found: list[Entry], groups: Mapping[str, list[str]], scope: Scope
) -> tuple[Node, ...]:
    """Make nodes of uses; a matrix's alias, or a group's name, stands for all of it."""
    many: dict[str, list[str]] = dict(groups)
    names: list[str] = []
    for entry in found:
        name = title(entry, scope)
        count = 1
        while name in names:
            count += 1
            name = f"{title(entry, scope)}-{count}"
        names.append(name)
        if entry.alias:
            many.setdefault(entry.alias, []).append(name)
    return tuple(
        node(workflow, name, entry, names, many, scope) for name, entry in zip(names, found, strict=True)
    )


def node(
    workflow: str,
    name: str,
    entry: Entry,
    names: list[str],
    many: Mapping[str, list[str]],
    scope: Scope,
) -> Node:
    own, options = own_scope(entry, scope), entry.options
    kind = options.get("type")
    if kind is not None and kind.text() != "approval":
        raise kind.refuse(f"a job of type '{kind.text()}' cannot be run here")
    other = options.get("override-with")
    if other is not None:
        raise other.refuse(f"a job that '{other.text()}' takes the place of cannot be run here", key=True)
    given = {key: own.fill(part) for key, part in options.entries() if key not in RESERVED}
    matrix = {key: options.become(value) for key, value in entry.matrix.items()}
    context = options.get("context")
    return Node(
        workflow,
        name,
        Use(entry.job, entry.use, {**given, **matrix}, options.get("pre-steps"), options.get("post-steps")),
        requirements(options.get("requires"), names, many, own),
        tuple(own.fill(context).texts()) if context is not None else (),
        kind is not None,
        passes(options.get("filters"), own),
    )


def requirements(
    part: Part | None, names: list[str], many: Mapping[str, list[str]], scope: Scope
) -> dict[str, frozenset[str]]:
    """Return what a use waits for, and how that must have ended."""
    needs: dict[str, frozenset[str]] = {}
    for one in scope.fill(part).items() if part is not None else ():
        if isinstance(one.value, Mapping):
            ((name, states),) = one.entries()
            wanted = frozenset(states.texts())
        else:
            name, wanted = one.text(), frozenset(("success",))
        if not wanted <= set(STATES):
            raise one.refuse(f"a job ends as one of {', '.join(STATES)}")
        if name not in names and name not in many:
            raise one.refuse(f"the workflow has no job '{name}'", f"it has {', '.join(names)}")
        needs |= dict.fromkeys(many.get(name, [name]) if name not in names else [name], wanted)
    return needs
