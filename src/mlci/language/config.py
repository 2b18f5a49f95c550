"""mlci.yaml -> Pipeline: reads it, checks what each of its parts says, and reports every mistake at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

from mlci.errors import InputError, input_error
from mlci.findings import Finding, Mark, order, suggest
from mlci.language import cron
from mlci.language.arguments import validate, validate_with
from mlci.language.catalogue import STAGES, TARGETS
from mlci.language.model import Pipeline, Stage
from mlci.language.records import Record
from mlci.language.shapes import Reading
from mlci.language.steps import APPROVE
from mlci.yaml.document import Document, Key

LANGUAGE = Record(Pipeline, "mlci.yaml")
RESERVED = (".mlci", ".git", "mlci.yaml")
"""What no job may make: mlci's own, and git's."""


def read_pipeline(document: Document) -> Pipeline:
    """Read a pipeline and check its parts one by one; how its stages fit together is for the planning to say.

    Raises
    ------
    InputError : with one finding for each mistake
    """
    reading = Reading(document)
    if not isinstance(document.data, dict):
        raise input_error(
            Mark(document.name), "the file is empty or no mapping", "wrong-type", "run `mlci init`"
        )
    pipeline: Pipeline | None = LANGUAGE.build(document.data, (), reading, document=document)
    if pipeline is None:
        raise InputError(order(reading.findings))
    found = order(Check(pipeline).findings())
    if found:
        raise InputError(found)
    return pipeline


class Check:
    """All that can be wrong in a well-shaped stage, target or schedule by itself."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    def findings(self) -> Iterator[Finding]:
        for stage in self.pipeline.stages.values():
            yield from self.stage(stage)
        yield from self.targets()
        yield from self.schedules()

    def error(
        self, path: tuple[Key, ...], message: str, rule: str, help: str | None = None, *, key: bool = False
    ) -> Finding:
        return Finding(self.pipeline.mark(*path, key=key), message, rule, "error", help)

    def stage(self, stage: Stage) -> Iterator[Finding]:
        """Check one stage by itself."""
        path: tuple[Key, ...] = ("stages", stage.name)
        if stage.name == APPROVE:
            yield self.error(
                path, f"a stage cannot be called '{APPROVE}'", "reserved-name", "rename it", key=True
            )
        if (stage.run is None) == (stage.uses is None):
            said = f"stage '{stage.name}' must have exactly one of 'run' and 'uses'"
            yield self.error(
                path, said, "run-or-uses", "`run` is a command, `uses` a library stage", key=True
            )
        if stage.with_ and stage.uses is None:
            said = f"stage '{stage.name}' has 'with' but no 'uses'"
            yield self.error((*path, "with"), said, "with-without-uses", "params are for commands", key=True)
        for kind in ("outputs", "metrics"):
            for index, output in enumerate(getattr(stage, kind)):
                if reserved(output):
                    way = "name a folder or file of its own"
                    where = (*path, kind, index)
                    yield self.error(where, f"'{output}' cannot be an output", "reserved-output", way)
        if isinstance(stage.runner, str) and stage.runner not in self.pipeline.runners:
            known = ", ".join(self.pipeline.runners) or "none"
            said = f"unknown runner '{stage.runner}'; the runners are {known}"
            help = suggest(stage.runner, self.pipeline.runners)
            yield self.error((*path, "runner"), said, "unknown-runner", help)
        if stage.uses is not None and stage.run is None:
            yield from self.library(stage, path)

    def library(self, stage: Stage, path: tuple[Key, ...]) -> Iterator[Finding]:
        """Check `uses` and `with` against the stage library."""
        library = STAGES.find(stage.uses or "")
        if library is None:
            known = STAGES.ids()
            said = f"unknown library stage '{stage.uses}'; expected one of {', '.join(known)}"
            yield self.error((*path, "uses"), said, "unknown-library-stage", suggest(stage.uses or "", known))
            return
        for problem in validate_with(library, dict(stage.with_)):
            where = (*path, "with", *problem.path)
            yield self.error(where, problem.message, "bad-argument", problem.help, key=problem.at_key)
        for parameter in library.parameters:
            name = stage.with_.get(parameter.name)
            if parameter.role == "target" and isinstance(name, str) and name not in self.pipeline.targets:
                known_targets = ", ".join(self.pipeline.targets) or "none"
                said = f"unknown target '{name}'; the targets are {known_targets}"
                help = suggest(name, self.pipeline.targets)
                yield self.error((*path, "with", parameter.name), said, "unknown-target", help)

    def schedules(self) -> Iterator[Finding]:
        for name, workflow in self.pipeline.workflows.items():
            for index, line in enumerate(workflow.on.schedule):
                said = cron.mistake(line)
                if said is not None:
                    yield self.error(("workflows", name, "on", "schedule", index), said, "bad-value")

    def targets(self) -> Iterator[Finding]:
        """Check each target's options against its type."""
        if not self.pipeline.targets:
            return
        for name, target in self.pipeline.targets.items():
            kind = TARGETS.find(target.type)
            parameters = () if kind is None else kind.parameters
            for problem in validate(parameters, target.options, f"target '{name}' of type {target.type}"):
                where = ("targets", name, *problem.path)
                yield self.error(where, problem.message, "bad-target", problem.help, key=problem.at_key)


def reserved(path: str) -> bool:
    """Tell whether a path is the whole repository, or holds what is mlci's own or git's."""
    name = os.path.normpath(path)
    return name == "." or name.split("/")[0] in RESERVED
