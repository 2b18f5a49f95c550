"""What the contexts hold at a place of a workflow, as far as the workflow itself tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mlci.vendors.github.syntax import interfaces, matrices, model
from mlci.vendors.github.syntax.expression import contexts
from mlci.vendors.github.syntax.expression.contexts import AUTOMATIC_SECRETS, GITHUB, STEP_RESULT
from mlci.vendors.github.syntax.expression.types import (
    ANY,
    BOOL,
    NUMBER,
    OPEN,
    STRING,
    STRINGS,
    Object,
    Type,
    all_strings,
    strict,
)
from mlci.vendors.github.syntax.model import Job, Part, Step, Workflow, absent, keyed
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

INPUT_TYPES: dict[str, Type] = {
    "boolean": BOOL,
    "number": NUMBER,
    "string": STRING,
    "choice": STRING,
    "environment": STRING,
}


class Scope(Mapping[str, Type]):
    """The contexts at one place; each is worked out when it is asked for.

    Parameters
    ----------
    world : the workflow
    job, step : the place; None outside of jobs, or of steps
    """

    def __init__(self, world: World, job: int | None, step: int | None) -> None:
        self.world = world
        self.job = job
        self.step = step

    def __getitem__(self, name: str) -> Type:
        return self.world.context(name, self.job, self.step)

    def __iter__(self) -> Iterator[str]:
        return iter(contexts.LOOSE)

    def __len__(self) -> int:
        return len(contexts.LOOSE)


class Before(Mapping[str, Type]):
    """The steps before one, a window onto all of them.

    Parameters
    ----------
    every : by id, each step's number and type
    number : the step they are seen from
    """

    def __init__(self, every: dict[str, tuple[int, Type]], number: int) -> None:
        self.every = every
        self.number = number

    def __getitem__(self, name: str) -> Type:
        at, kind = self.every[name]
        if at >= self.number:
            raise KeyError(name)
        return kind

    def __iter__(self) -> Iterator[str]:
        return (name for name, (at, _) in self.every.items() if at < self.number)

    def __len__(self) -> int:
        return sum(at < self.number for at, _ in self.every.values())


class World:
    """All contexts of one workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.known: dict[tuple[str, int | None, int | None], Type] = {}
        self.known_steps: dict[int, dict[str, tuple[int, Type]] | None] = {}
        self.of_workflow: dict[str, Callable[[], Type]] = {
            "github": self.github,
            "inputs": self.inputs,
            "secrets": self.secrets,
            "jobs": self.jobs,
        }
        self.of_job: dict[str, Callable[[Job], Type]] = {
            "needs": self.needs,
            "matrix": matrices.of_job,
            "job": self.job,
        }

    def context(self, name: str, job: int | None, step: int | None) -> Type:
        if name in self.of_workflow:
            job = step = None
        elif name in self.of_job:
            step = None
        elif name != "steps":
            return contexts.LOOSE[name]
        place = (name, job, step)
        if place not in self.known:
            self.known[place] = self.build(name, job, step)
        return self.known[place]

    def build(self, name: str, job: int | None, step: int | None) -> Type:
        if job is None and self.workflow.is_action:
            job = 0
        if name in self.of_workflow:
            return self.of_workflow[name]()
        jobs = self.workflow.jobs
        if job is None or job >= len(jobs):
            return contexts.LOOSE[name]
        if name == "steps":
            return self.steps(jobs[job], step)
        return self.of_job[name](jobs[job])

    def github(self) -> Type:
        events = self.workflow.events
        if "workflow_dispatch" not in events or "workflow_call" in events:
            return GITHUB
        inputs = self.workflow.event("workflow_dispatch").value("inputs")
        return contexts.github(Object({"inputs": all_strings(keyed(inputs))}, ANY))

    def inputs(self) -> Type:
        """Return `inputs`: what `workflow_dispatch` and `workflow_call` declare."""
        found: dict[str, Type] = {}
        if self.workflow.is_action:
            return all_strings(keyed(self.workflow.value("inputs")))
        for event in ("workflow_dispatch", "workflow_call"):
            for name, (_, node) in keyed(self.workflow.event(event).value("inputs")).items():
                kind = INPUT_TYPES.get(Part(node).text("type") or "string", ANY)
                lower = name.lower()
                found[lower] = kind if found.get(lower, kind) == kind else ANY
        return Object(found)

    def secrets(self) -> Type:
        """Return `secrets`: those a workflow that is only called declares, else any."""
        events = self.workflow.events
        declared = self.workflow.event("workflow_call").value("secrets")
        if set(events) != {"workflow_call"} or not keyed(declared):
            return STRINGS
        return all_strings((*keyed(declared), *AUTOMATIC_SECRETS))

    def jobs(self) -> Type:
        """Return `jobs`, which the outputs of a called workflow take their values from."""
        return strict({job.id: self.result(job) for job in self.workflow.jobs})

    def result(self, job: Job) -> Type:
        return strict({"outputs": self.outputs(job), "result": STRING})

    def outputs(self, job: Job) -> Type:
        if job.text("uses"):
            names = interfaces.workflow_outputs(self.workflow.file, job.text("uses"))
            return STRINGS if names is None else all_strings(names)
        node = job.value("outputs")
        return strict({}) if absent(node) else self.declared(node)

    def declared(self, node: Node | None) -> Type:
        names = keyed(node)
        return STRINGS if any("${{" in name for name in names) else all_strings(names)

    def needs(self, job: Job) -> Type:
        """Return `needs`: the jobs this one waits for."""
        by_id = self.workflow.by_id
        needed: dict[str, Type] = {}
        for node in job.needs:
            if "${{" in node.value:
                return OPEN
            other = by_id.get(node.value.lower())
            needed[node.value] = OPEN if other is None else self.result(other)
        return strict(needed)

    def job(self, job: Job) -> Type:
        node = job.value("services")
        if node is not None and node.id != "mapping":
            return contexts.JOB_TYPE
        return contexts.job(dict.fromkeys(keyed(node), contexts.SERVICE))

    def steps(self, job: Job, number: int | None) -> Type:
        """Return `steps` as seen from one step: those before it; from the job itself: all."""
        if job.number not in self.known_steps:
            self.known_steps[job.number] = self.all_steps(job)
        every = self.known_steps[job.number]
        return OPEN if every is None else Object(Before(every, len(job.steps) if number is None else number))

    def all_steps(self, job: Job) -> dict[str, tuple[int, Type]] | None:
        """Return what is seen of each step with an id, and its number; None when ids are computed."""
        found: dict[str, tuple[int, Type]] = {}
        for step in job.steps:
            name = step.text("id")
            if "${{" in name:
                return None
            if name:
                found.setdefault(name.lower(), (step.number, self.step_result(step)))
        return found

    def step_result(self, step: Step) -> Type:
        names = interfaces.action_outputs(self.workflow.file, step) if step.uses else None
        outputs = STRINGS if names is None else all_strings(names)
        return Object({**STEP_RESULT, "outputs": outputs})


def read_world(file: SourceFile) -> World:
    """Build the contexts of a workflow; asked for by `file.once(read)`."""
    return World(file.once(model.read_workflow))
