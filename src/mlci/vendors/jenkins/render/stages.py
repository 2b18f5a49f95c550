"""A plan as the flat list of what a Jenkinsfile opens and closes: the values that the template places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlci.language.model import Condition
from mlci.planning.plan import Approval, Job, Plan
from mlci.vendors.jenkins.render import agents, conditions, library, matrices, reports, when
from mlci.vendors.jenkins.render.layout import Group, Node, layout
from mlci.vendors.jenkins.render.variables import Variables

ACTIVATE = ". .mlci/venv/bin/activate && "
STASH = "handoff-"
NEVER = ("expression {", "false", "}")


class Stages:
    """Makes the items of one plan.

    Parameters
    ----------
    plan : the workflow
    install : the shell lines that install mlci and what the pipeline requires
    """

    def __init__(self, plan: Plan, install: Sequence[str]) -> None:
        self.install = install
        self.pipeline = plan.pipeline
        self.by_library = library.source_of(plan.pipeline) is not None
        self.workflow = plan.workflow.name
        self.groups = layout(plan).groups
        self.possible = conditions.possible(plan)
        self.shared = {**plan.pipeline.env, **plan.workflow.env}
        self.jobs = {job.id: job for job in plan.jobs}
        self.collected = {name for job in plan.jobs for name in job.collects}
        self.native = {
            job.id: made for job in self.in_sequence() if (made := matrices.native(job)) is not None
        }
        self.names = Names(plan)
        self.whens: dict[tuple[Condition, ...], Sequence[str]] = {}

    def in_sequence(self) -> Iterator[Job]:
        """Yield the jobs that nothing runs beside; only these may be parallel in themselves."""
        for group in self.groups:
            if len(group.branches) == 1:
                yield from (node for node in group.branches[0] if isinstance(node, Job))

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield what is opened and closed, in order."""
        for group in self.groups:
            if len(group.branches) > 1:
                yield from self.parallel(group)
                continue
            for node in group.branches[0]:
                yield from self.alone(node)

    def parallel(self, group: Group) -> Iterator[dict[str, Any]]:
        """Yield branches that run side by side."""
        yield {"kind": "parallel", "name": self.names.of([branch[0].id for branch in group.branches], " + ")}
        for branch in group.branches:
            if len(branch) == 1:
                yield from self.written_out(branch[0])
                continue
            yield {"kind": "sequence", "name": self.names.of([node.id for node in branch], ", then ")}
            yield from (self.single(node) for node in branch)
            yield {"kind": "end"}
        yield {"kind": "end"}

    def alone(self, node: Node) -> Iterator[dict[str, Any]]:
        """Yield a node that stands in the main sequence."""
        if isinstance(node, Approval) or node.stage.matrix is None:
            yield self.single(node)
        elif node.id in self.native:
            yield self.matrix(node, self.native[node.id])
        else:
            yield {"kind": "parallel", "name": self.names.free(f"{node.id} matrix")}
            yield from self.written_out(node)
            yield {"kind": "end"}

    def written_out(self, node: Node) -> Iterator[dict[str, Any]]:
        """Yield a node, a matrix job as one stage for each combination."""
        if isinstance(node, Approval):
            yield self.single(node)
        else:
            yield from (self.job(one, node) for one in node.instances())

    def single(self, node: Node) -> dict[str, Any]:
        """Make the item of an approval, or of a job without matrix."""
        if isinstance(node, Approval):
            return {
                "kind": "approval",
                "name": node.id,
                "when": self.when(node),
                "message": f"Approve {node.id} of {self.workflow}?",
                "said": f"{node.id} is approved",
            }
        return self.job(node, node)

    def when(self, node: Node) -> Sequence[str]:
        """Return the conditions of a node; one that never runs says so."""
        if node.conditions not in self.whens:
            found = when.of_cases(conditions.cases(self.possible, node.conditions), self.possible)
            self.whens[node.conditions] = NEVER if found is None else found
        return self.whens[node.conditions]

    def matrix(self, job: Job, native: matrices.Native) -> dict[str, Any]:
        """Make the item of a job with a matrix of Jenkins' own, whose cells have each a workspace."""
        cell = replace(job, id=f"{job.id}-*", combination={axis.name: "*" for axis in native.axes})
        return {
            **self.job(job, job),
            **left(cell),
            **self.calls(job, cell, job, [axis.variable for axis in native.axes]),
            "kind": "matrix",
            "outer": self.names.free(f"{job.id} matrix"),
            "axes": native.axes,
            "excludes": native.excludes,
        }

    def job(self, job: Job, node: Job) -> dict[str, Any]:
        """Make the item of a job, or of one instance of a matrix job."""
        stage = job.stage
        variables = Variables.of(job.env, self.shared)
        return {
            "kind": "job",
            "name": job.id,
            "agent": agents.agent_of(job),
            "services": agents.links(job),
            "when": self.when(node),
            "lock": "" if stage.concurrency is None else stage.concurrency.group,
            "environment": variables.native,
            "aws": agents.aws_variables(stage.aws),
            "unstash": [name for one in job.collects for name in self.stashes(self.jobs[one])],
            "install": self.install,
            "caches": caches(job),
            "minutes": job.minutes,
            "secrets": stage.secrets,
            "allow_failure": stage.allow_failure,
            "exec": (ACTIVATE if self.install else "") + variables.before(" ".join(job.command)),
            "stash": f"{STASH}{job.id}" if node.id in self.collected else "",
            "axes": (),
            "options": [],
            "tools": [],
            **left(job),
            "overrides": stage.overrides.get(agents.ID, {}),
            **self.calls(job, job, node),
        }

    def calls(self, job: Job, leaves: Job, node: Job, axes: Sequence[str] = ()) -> dict[str, Any]:
        """Return the calls of the shared library's steps, empty ones where plain steps do the work."""
        if not self.by_library:
            return {"setup": {}, "call": {}}
        collects = [one.id for name in job.collects for one in self.jobs[name].instances()]
        call = library.call(
            job,
            leaves,
            collects=collects,
            kept=node.id in self.collected,
            env=Variables.hard(job.env),
            axes=axes,
        )
        return {"setup": library.setup(self.pipeline, agents.agent_of(job).python), "call": call}

    def stashes(self, job: Job) -> list[str]:
        """Return the stashes that carry a job's bundle, or those of its instances."""
        if job.id not in self.native:
            return [f"{STASH}{one.id}" for one in job.instances()]
        combinations: Iterator[Mapping[str, Any]] = (one.combination or {} for one in job.instances())
        return [STASH + "-".join([job.id, *map(matrices.text, one.values())]) for one in combinations]


def left(job: Job) -> dict[str, str]:
    """Return the patterns of what a job leaves; those of any cell of a matrix hold stars."""
    return {
        "bundle": f".mlci/handoff/{job.id}/**",
        "junit": ", ".join(reports.junit(job)),
        "archive": ", ".join(reports.archived(job)),
    }


def caches(job: Job) -> list[tuple[str, str]]:
    """Return the folders to keep and the files that name their content: those of the workspace."""
    return [
        (path, ",".join(one.key))
        for one in job.stage.cache
        for path in one.paths
        if not path.startswith(("~", "/"))
    ]


class Names:
    """The names of stages, of which no two may be equal."""

    def __init__(self, plan: Plan) -> None:
        self.taken = {node.id for node in plan.nodes}
        self.taken.update(one.id for job in plan.jobs for one in job.instances())

    def free(self, name: str) -> str:
        while name in self.taken:
            name += " stages"
        self.taken.add(name)
        return name

    def of(self, names: Sequence[str], between: str) -> str:
        """Return the name of a stage that holds others."""
        if len(names) > 3:
            return self.free(f"{names[0]} and {len(names) - 1} more")
        return self.free(between.join(names))
