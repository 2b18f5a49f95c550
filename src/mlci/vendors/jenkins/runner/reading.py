"""Jenkinsfiles as parity needs them: stages that are jobs or approvals, and what each waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product
from typing import NamedTuple

from mlci.errors import input_error
from mlci.findings import Mark
from mlci.lint.kinds import BY_ID
from mlci.parity.account import Named
from mlci.parity.naming import executed
from mlci.planning.plan import slug
from mlci.vendors.jenkins.product import owns
from mlci.vendors.jenkins.render.calls import library_calls
from mlci.vendors.jenkins.rules import cron, parameter, when
from mlci.vendors.jenkins.runner import library
from mlci.vendors.jenkins.runner.library import RULE
from mlci.vendors.jenkins.syntax import Jenkinsfile, Pipeline, Stage, tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Call, text_of, walk
from mlci.vendors.jenkins.syntax.model import Axis, Matrix
from mlci.yaml.source import SourceFile

CELL = re.compile(r"(\w+) = '([^']*)'")


class Found(NamedTuple):
    """A stage that is a job or an approval; one in a matrix has several instances."""

    stage: str
    named: Named
    approval: bool
    needs: tuple[str, ...]
    """Names of stages."""
    cells: tuple[Mapping[str, str], ...] = ()
    """The combinations of the matrix it is in: variable -> value."""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.id_of(cell) for cell in self.cells or ({},))

    def id_of(self, cell: Mapping[str, str]) -> str:
        return f"{self.named.id}-{slug(cell)}" if cell else self.named.id


class File(NamedTuple):
    """A Jenkinsfile with one pipeline."""

    path: str
    text: str
    workflow: str
    found: Mapping[str, Found]
    """By the stage's name, in the order written."""
    triggers: frozenset[str]
    library: str = ""
    """The version of mlci's shared library that it loads, "" for none."""


def read_files(files: Mapping[str, str]) -> tuple[File, ...]:
    """Read the Jenkinsfiles among some files.

    Raises
    ------
    InputError : one holds no pipeline, or more than one, or it loads a library that is not this mlci's
    """
    return tuple(read_file(path, text) for path, text in sorted(files.items()) if owns(path))


def read_file(path: str, text: str) -> File:
    source = SourceFile(path, text, BY_ID["jenkinsfile"])
    file = source.once(tree_of)
    pipeline = only(path, file)
    for found in chain(when.check(source), cron.check(source), parameter.check(source)):
        if found.severity == "error":
            raise input_error(found.mark, found.message, found.rule, found.help)
    stages, _ = sequence(pipeline.stages, (), ())
    for one in stages:
        if sum(other.stage == one.stage for other in stages) > 1:
            raise input_error(Mark(path), f"two stages are called '{one.stage}'", RULE)
    workflow = next((one.named.workflow for one in stages if one.named.workflow), "")
    named = {one.stage: one._replace(named=one.named._replace(workflow=workflow)) for one in stages}
    triggers = frozenset(each.name for each in pipeline.triggers)
    return File(path, text, workflow, named, triggers, library.loaded(file))


def only(path: str, file: Jenkinsfile) -> Pipeline:
    if file.source.broken:
        problem = file.source.problems[0]
        raise input_error(file.source.mark(problem.start, problem.end), problem.message, RULE)
    if len(file.pipelines) != 1:
        raise input_error(Mark(path), f"the file holds {len(file.pipelines)} declarative pipelines", RULE)
    return file.pipelines[0]


Cells = tuple[Mapping[str, str], ...]


def sequence(
    stages: Sequence[Stage], before: tuple[str, ...], cells: Cells
) -> tuple[list[Found], tuple[str, ...]]:
    """Return the jobs of stages in sequence, and the last of them, for which the next stage waits."""
    found: list[Found] = []
    for stage in stages:
        inner, after = of_stage(stage, before, cells)
        found.extend(inner)
        before = after or before
    return found, before


def of_stage(stage: Stage, before: tuple[str, ...], cells: Cells) -> tuple[list[Found], tuple[str, ...]]:
    asked, before = approval(stage, before)
    if stage.parallel:
        branches = [of_stage(branch, before, cells) for branch in stage.parallel]
        ends = tuple(end for _, each in branches for end in each)
        return [*asked, *(one for found, _ in branches for one in found)], ends
    if stage.matrix is not None:
        found, ends = sequence(stage.matrix.stages, before, combinations(stage.matrix))
        return [*asked, *found], ends
    if stage.stages:
        found, ends = sequence(stage.stages, before, cells)
        return [*asked, *found], ends
    named = next(jobs(stage), None)
    if named is None:
        return asked, before if asked else ()
    return [*asked, Found(stage.name or "", named, False, before, cells)], (stage.name or "",)


def approval(stage: Stage, before: tuple[str, ...]) -> tuple[list[Found], tuple[str, ...]]:
    """Return the approval that a stage begins with, and what then comes before the stage's work."""
    name = stage.name or ""
    if stage.input is None:
        return [], before
    return [Found(name, Named("", name), True, before)], (name,)


def jobs(stage: Stage) -> Iterator[Named]:
    for script in scripts(stage):
        yield from executed(script)
    for arguments in library_calls(stage):
        yield from library.job_of(arguments)


def scripts(stage: Stage) -> Iterator[str]:
    """Yield the scripts of a stage's steps, those inside of others and of `script` blocks, too."""
    steps = stage.section("steps")
    for node in walk(steps) if steps else ():
        if isinstance(node, Call) and node.name == "sh":
            for argument in node.arguments:
                text = text_of(argument.value) if argument.key in (None, "script") else None
                if text is not None:
                    yield text


def combinations(matrix: Matrix) -> Cells:
    axes = {axis.name or "": [text_of(value) or "" for value in axis.values] for axis in matrix.axes}
    cells = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    return tuple(cell for cell in cells if not any(excluded(cell, row) for row in matrix.excludes))


def excluded(cell: Mapping[str, str], row: Sequence[Axis]) -> bool:
    """Tell whether an exclusion is about a cell."""
    return all((cell.get(axis.name or "") in map(text_of, axis.values)) != axis.negated for axis in row)


def place(path: str, file: File) -> tuple[Found, str] | None:
    """Return the job and the id of the instance that a stage's path in a trace is of; None for any other."""
    parts = path.split("/")
    found = next((file.found[part] for part in reversed(parts) if part in file.found), None)
    if found is None:
        return None
    cell = next((dict(CELL.findall(part)) for part in parts if part.startswith("Matrix - ")), {})
    return found, found.id_of(cell if found.cells else {})
