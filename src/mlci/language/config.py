"""mlci.yaml -> Pipeline: reads it, checks all that needs no vendor, and reports every mistake at once."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from mlci import stages
from mlci.errors import InputError, input_error
from mlci.findings import Finding, Mark, order, suggest
from mlci.language.model import Pipeline, Stage
from mlci.language.records import Record
from mlci.language.shapes import Reading
from mlci.language.steps import APPROVE
from mlci.planning import cron
from mlci.planning.drawing import Drawing, parents
from mlci.planning.plan import Job, Plan
from mlci.planning.stage_files import RESERVED
from mlci.yaml.document import Document, Key, read

FILE = "mlci.yaml"
LANGUAGE = Record(Pipeline, "mlci.yaml")


def load(root: Path) -> Pipeline:
    """Read and check the pipeline of the repository at `root`.

    Raises
    ------
    InputError : with one finding for each mistake, at its line and column
    """
    path = root / FILE
    if not path.is_file():
        raise InputError(f"there is no {FILE} in {root}", help=where_else(root))
    return parse(read(path, FILE), root)


def where_else(root: Path) -> str:
    """Say how to come by a pipeline that is not in a folder: the nearest one above, or a new one."""
    here = root.absolute()
    for above in here.parents if here.is_dir() else ():
        if (above / FILE).is_file():
            return f"there is one in {above}: go there, or say -C {shlex.quote(os.path.relpath(above))}"
    return "run `mlci init` to make one, or go to the folder that has it"


def parse(document: Document, root: Path | None = None) -> Pipeline:
    """Read and check a pipeline; `root` is where inputs that no stage makes must lie, None to not look."""
    reading = Reading(document)
    if not isinstance(document.data, dict):
        raise input_error(
            Mark(document.name), "the file is empty or no mapping", "wrong-type", "run `mlci init`"
        )
    pipeline: Pipeline | None = LANGUAGE.build(document.data, (), reading, document=document)
    if pipeline is None:
        raise InputError(order(reading.findings))
    found = order(Check(pipeline, root).findings())
    if found:
        raise InputError(found)
    return pipeline


def plans(pipeline: Pipeline) -> tuple[Plan, ...]:
    """Return the plan of every workflow of a pipeline that `parse` has accepted."""
    drawn = (Drawing(pipeline, workflow).plan() for workflow in pipeline.workflows.values())
    return tuple(plan for plan in drawn if plan is not None)


def chosen(pipeline: Pipeline, names: tuple[str, ...]) -> tuple[Plan, ...]:
    """Return the plans of the named workflows; of all when none is named.

    Raises
    ------
    InputError : there is no workflow of that name
    """
    for name in names:
        if name not in pipeline.workflows:
            help = suggest(name, pipeline.workflows) or f"the workflows are {', '.join(pipeline.workflows)}"
            raise InputError(f"there is no workflow '{name}'", help=help)
    return tuple(plan for plan in plans(pipeline) if not names or plan.workflow.name in names)


class Check:
    """All that can be wrong between the parts of a well-shaped pipeline."""

    def __init__(self, pipeline: Pipeline, root: Path | None) -> None:
        self.pipeline = pipeline
        self.root = root

    def findings(self) -> Iterator[Finding]:
        """Yield every mistake; a workflow's graph is only drawn when its stages are sound."""
        found = [one for stage in self.pipeline.stages.values() for one in self.stage(stage)]
        found.extend(self.targets())
        found.extend(self.schedules())
        yield from found
        if found:
            return
        for workflow in self.pipeline.workflows.values():
            drawing = Drawing(self.pipeline, workflow)
            plan = drawing.plan()
            yield from drawing.findings
            if plan is not None:
                yield from self.claims(plan)
                yield from self.missing_inputs(plan)

    def error(
        self, path: tuple[Key, ...], message: str, rule: str, help: str | None = None, *, key: bool = False
    ) -> Finding:
        """Make an error at a place."""
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
        library = stages.find(stage.uses or "")
        if library is None:
            known = stages.ids()
            said = f"unknown library stage '{stage.uses}'; expected one of {', '.join(known)}"
            yield self.error((*path, "uses"), said, "unknown-library-stage", suggest(stage.uses or "", known))
            return
        from mlci.stages.arguments import validate_with

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
        """Check that each time of a schedule is one."""
        for name, workflow in self.pipeline.workflows.items():
            for index, line in enumerate(workflow.on.schedule):
                said = cron.mistake(line)
                if said is not None:
                    yield self.error(("workflows", name, "on", "schedule", index), said, "bad-value")

    def targets(self) -> Iterator[Finding]:
        """Check each target's options against its type."""
        if not self.pipeline.targets:
            return
        from mlci import deploy
        from mlci.stages.arguments import validate

        for name, target in self.pipeline.targets.items():
            kind = deploy.find(target.type)
            parameters = () if kind is None else kind.parameters
            for problem in validate(parameters, target.options, f"target '{name}' of type {target.type}"):
                where = ("targets", name, *problem.path)
                yield self.error(where, problem.message, "bad-target", problem.help, key=problem.at_key)

    def claims(self, plan: Plan) -> Iterator[Finding]:
        """Report outputs that two jobs of one workflow claim, or one inside another's."""
        owners: dict[str, Job] = {}
        for job in (one for each in plan.jobs for one in each.instances()):
            for path in (made.rstrip("/") for made in job.files.made):
                if path in owners and owners[path].id != job.id:
                    yield self.claimed(plan, job, path, owners[path], path)
                owners.setdefault(path, job)
        for path, job in owners.items():
            for folder in parents(path):
                if folder in owners and owners[folder].id != job.id:
                    yield self.claimed(plan, job, path, owners[folder], folder)

    def claimed(self, plan: Plan, job: Job, path: str, other: Job, folder: str) -> Finding:
        """Make the finding about one output that two jobs claim."""
        inside = "" if path == folder else f" (inside '{folder}')"
        who = f"'{job.id}' and '{other.id}' of workflow '{plan.workflow.name}'"
        said = f"{who} both claim the output '{path}'{inside}"
        help = (
            "give each its own path; `{job}` in a path stands for the job's name, `{axis}` for a matrix value"
        )
        return self.error(self.place(job, path), said, "output-claimed-twice", help)

    def place(self, job: Job, path: str) -> tuple[Key, ...]:
        """Return where a stage names a path, or where the stage stands."""
        stage = self.pipeline.stages[job.stage.name]
        for name in ("outputs", "metrics", "inputs"):
            for index, given in enumerate(getattr(stage, name)):
                if given.rstrip("/") == path:
                    return ("stages", stage.name, name, index)
        for name, value in stage.with_.items():
            if isinstance(value, str) and value.rstrip("/") == path:
                return ("stages", stage.name, "with", name)
        return ("stages", stage.name)

    def missing_inputs(self, plan: Plan) -> Iterator[Finding]:
        """Report inputs that no earlier job makes and the repository lacks."""
        if self.root is None:
            return
        makers = {job.id: [made.rstrip("/") for made in job.files.made] for job in plan.jobs}
        everything = {path: name for name, paths in makers.items() for path in paths}
        for job in plan.jobs:
            for path in (given.rstrip("/") for one in job.instances() for given in one.files.inputs):
                collected = [made for name in job.collects for made in made_by(plan, name)]
                if any(meets(path, made) for made in collected) or (self.root / path).exists():
                    continue
                later = next((everything[made] for made in everything if meets(path, made)), None)
                yield self.missing(plan, job, path, later)

    def missing(self, plan: Plan, job: Job, path: str, later: str | None) -> Finding:
        """Make the finding about one input that is not there."""
        said = f"no stage before '{job.id}' in workflow '{plan.workflow.name}' makes its input '{path}'"
        if later == job.id:
            said, help = f"'{job.id}' makes its own input '{path}'", "read another path than it writes"
        elif later is not None:
            help = f"'{later}' makes it: put it before '{job.id}', or into its needs"
        else:
            help = "make it an output of a stage before this one, or add the file to the repository"
        return self.error(self.place(job, path), said, "missing-input", help)


def reserved(path: str) -> bool:
    """Tell whether a path is the whole repository, or holds what is mlci's own or git's."""
    name = os.path.normpath(path)
    return name == "." or name.split("/")[0] in RESERVED


def made_by(plan: Plan, name: str) -> Iterator[str]:
    """Yield what a job and its matrix's instances make."""
    job = plan.job(name)
    if job is not None:
        for one in job.instances():
            yield from (made.rstrip("/") for made in one.files.made)


def meets(path: str, made: str) -> bool:
    """Tell whether one path is the other or lies inside it."""
    return path == made or path.startswith(f"{made}/") or made.startswith(f"{path}/")
