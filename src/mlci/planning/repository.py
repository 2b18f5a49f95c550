"""The pipeline of a repository: its mlci.yaml read, its workflows planned, and both checked as a whole."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from mlci.errors import InputError
from mlci.findings import Finding, order, suggest
from mlci.language import config
from mlci.language.model import Pipeline
from mlci.planning.drawing import Drawing, parents
from mlci.planning.plan import Job, Plan
from mlci.yaml.document import Document, Key, read_document

FILE = "mlci.yaml"


def load(root: Path) -> Pipeline:
    """Read and check the pipeline of the repository at `root`.

    Raises
    ------
    InputError : with one finding for each mistake, at its line and column
    """
    path = root / FILE
    if not path.is_file():
        raise InputError(f"there is no {FILE} in {root}", help=where_else(root))
    return parse(read_document(path, FILE), root)


def where_else(root: Path) -> str:
    """Say how to come by a pipeline that is not in a folder: the nearest one above, or a new one."""
    here = root.absolute()
    for above in here.parents if here.is_dir() else ():
        if (above / FILE).is_file():
            return f"there is one in {above}: go there, or say -C {shlex.quote(os.path.relpath(above))}"
    return "run `mlci init` to make one, or go to the folder that has it"


def parse(document: Document, root: Path | None = None) -> Pipeline:
    """Read and check a pipeline; `root` is where inputs that no stage makes must lie, None to not look."""
    pipeline = config.read_pipeline(document)
    found = order(Check(pipeline, root).findings())
    if found:
        raise InputError(found)
    return pipeline


def plans(pipeline: Pipeline) -> tuple[Plan, ...]:
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
    """All that can be wrong between the stages of a workflow."""

    def __init__(self, pipeline: Pipeline, root: Path | None) -> None:
        self.pipeline = pipeline
        self.root = root

    def findings(self) -> Iterator[Finding]:
        for workflow in self.pipeline.workflows.values():
            drawing = Drawing(self.pipeline, workflow)
            plan = drawing.plan()
            yield from drawing.findings
            if plan is not None:
                yield from self.claims(plan)
                yield from self.missing_inputs(plan)

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
        return Finding(
            self.pipeline.mark(*self.place(job, path)), said, "output-claimed-twice", "error", help
        )

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
        said = f"no stage before '{job.id}' in workflow '{plan.workflow.name}' makes its input '{path}'"
        if later == job.id:
            said, help = f"'{job.id}' makes its own input '{path}'", "read another path than it writes"
        elif later is not None:
            help = f"'{later}' makes it: put it before '{job.id}', or into its needs"
        else:
            help = "make it an output of a stage before this one, or add the file to the repository"
        return Finding(self.pipeline.mark(*self.place(job, path)), said, "missing-input", "error", help)


def made_by(plan: Plan, name: str) -> Iterator[str]:
    job = plan.job(name)
    if job is not None:
        for one in job.instances():
            yield from (made.rstrip("/") for made in one.files.made)


def meets(path: str, made: str) -> bool:
    """Tell whether one path is the other or lies inside it."""
    return path == made or path.startswith(f"{made}/") or made.startswith(f"{path}/")
