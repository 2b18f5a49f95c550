"""A pipeline's workflows as vendor-neutral jobs: who waits for whom, and whose bundles each collects."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlci.language.model import NO_REQUIREMENTS, Condition, Pipeline, Runner, Service, Stage, Workflow
from mlci.planning.stage_files import Files, fill, shown

GRACE = 600
"""Seconds after which a vendor ends a job that mlci should have ended in order."""
ENGINE = "docker"
"""The service that is a Docker engine."""
UNATTENDED = ("push", "schedule", "tag", "manual")
"""Events whose code was accepted by someone; a pull request's was not."""


@dataclass(frozen=True)
class Approval:
    """A job that is a person's yes."""

    id: str
    needs: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Job:
    """What a vendor runs: one stage in its own clean checkout."""

    id: str
    stage: Stage
    workflow: str
    needs: tuple[str, ...]
    """Jobs and approvals it waits for."""
    collects: tuple[str, ...]
    """Jobs whose bundles hold its inputs."""
    runner: Runner
    python: str
    env: Mapping[str, str]
    """The pipeline's, the workflow's and the stage's variables, the nearest winning."""
    files: Files
    conditions: tuple[Condition, ...]
    """All of them must hold: its own and those of the jobs it waits for, as a skip is passed on."""
    combination: Mapping[str, Any] | None = None
    """The values of this instance of a matrix job."""

    @property
    def command(self) -> tuple[str, ...]:
        """What its main step runs, on every vendor."""
        named = () if self.id == self.stage.name else ("--job", self.id)
        return ("mlci", "exec", self.stage.name, "--workflow", self.workflow, *named)

    @property
    def longest(self) -> int:
        """How many seconds its tries may take together; 0 without a timeout."""
        return (self.stage.timeout or 0) * (self.stage.retries + 1)

    @property
    def minutes(self) -> int | None:
        """After how many minutes a vendor ends it; None without a timeout."""
        return None if self.stage.timeout is None else -(-(self.longest + GRACE) // 60)

    @property
    def needs_engine(self) -> bool:
        """Whether it asks for a Docker engine, and so runs on a whole machine."""
        return any(each.name == ENGINE and each.image is None for each in self.stage.services)

    @property
    def beside(self) -> tuple[Service, ...]:
        return tuple(each for each in self.stage.services if each.image)

    @property
    def deploys(self) -> bool:
        """Whether it touches something outside; it takes no packages from a cache that others fill."""
        return bool(self.stage.environment or self.files.target or self.stage.aws)

    @property
    def has_python_axis(self) -> bool:
        return self.stage.matrix is not None and "python" in self.stage.matrix.axes

    @property
    def asks_python(self) -> tuple[str, ...]:
        """The keys of its stage that ask for another Python than the pipeline's; none where nothing does."""
        if self.stage.python:
            return ("python",)
        return ("matrix", "python") if self.has_python_axis else ()

    @property
    def runner_path(self) -> tuple[str, ...]:
        """Where its runner is described in mlci.yaml."""
        named = self.stage.runner
        if isinstance(named, Runner):
            return ("stages", self.stage.name, "runner")
        return ("runners", named or "default")

    @property
    def values(self) -> Mapping[str, Any]:
        """What fills the placeholders of its paths."""
        return {"job": self.id, **(self.combination or {})}

    @property
    def junit(self) -> tuple[str, ...]:
        return self.stage.reports.junit if self.stage.reports else ()

    @property
    def coverage(self) -> tuple[str, ...]:
        return self.stage.reports.coverage if self.stage.reports else ()

    @property
    def kept(self) -> tuple[str, ...]:
        """The files kept for people, coverage reports last."""
        return (*self.stage.artifacts, *self.coverage)

    def instances(self) -> tuple[Job, ...]:
        """Return one job for each combination of its matrix; itself without one."""
        if self.stage.matrix is None:
            return (self,)
        return tuple(self.instance(one) for one in self.stage.matrix.combinations())

    def instance(self, combination: Mapping[str, Any]) -> Job:
        """Return the job of one combination: its values are params, and fill `{axis}` in paths."""
        named = f"{self.id}-{slug(combination)}"
        stage = replace(self.stage, params={**self.stage.params, **combination}, matrix=None)
        python = str(combination.get("python", self.python))
        filled = fill(self.files, {"job": named, **combination})
        return replace(self, id=named, stage=stage, python=python, files=filled, combination=combination)


def slug(combination: Mapping[str, Any]) -> str:
    """Return a combination's values as part of a name: "0.1-adam"."""
    return "-".join(re.sub(r"[^A-Za-z0-9._]+", "_", shown(value)) for value in combination.values())


@dataclass(frozen=True)
class Plan:
    """One workflow's jobs, each after those it needs."""

    pipeline: Pipeline
    workflow: Workflow
    nodes: tuple[Job | Approval, ...]

    @property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Job))

    @property
    def approvals(self) -> tuple[str, ...]:
        return tuple(node.id for node in self.nodes if isinstance(node, Approval))

    @property
    def channels(self) -> tuple[str, ...]:
        """Where notices of its end go, each once."""
        return self.workflow.notify.channels if self.workflow.notify else ()

    @property
    def leaves(self) -> tuple[str, ...]:
        """The nodes that none waits for: when they are done, all are."""
        needed = {need for node in self.nodes for need in node.needs}
        return tuple(node.id for node in self.nodes if node.id not in needed)

    @property
    def asks_paths(self) -> bool:
        """Whether what starts it depends on changed paths."""
        on = self.workflow.on
        return any(given is not None and bool(given.paths) for given in (on.push, on.pull_request))

    @property
    def released(self) -> bool:
        """Whether tags start it; releases take nothing from a cache others fill."""
        return self.workflow.on.push is not None and bool(self.workflow.on.push.tags)

    def job(self, job_id: str) -> Job | None:
        """Return the job of that id, or the instance of a matrix job."""
        for job in self.jobs:
            if job.id == job_id:
                return job
            if job.stage.matrix is not None and job_id.startswith(f"{job.id}-"):
                for one in job.instances():
                    if one.id == job_id:
                        return one
        return None

    def levels(self) -> tuple[tuple[Job | Approval, ...], ...]:
        """Group the nodes by their longest way from the start; a level needs only earlier levels."""
        depth: dict[str, int] = {}
        groups: list[list[Job | Approval]] = []
        for node in self.nodes:
            depth[node.id] = max((depth[need] + 1 for need in node.needs), default=0)
            while len(groups) <= depth[node.id]:
                groups.append([])
            groups[depth[node.id]].append(node)
        return tuple(tuple(group) for group in groups)


UV = "0.13.8"
"""The uv that jobs use; a job that will hold secrets installs nothing of whatever version is newest."""


def install_commands(pipeline: Pipeline) -> tuple[str, ...]:
    """Return the shell lines that install mlci and the pipeline's requirements, safe to paste."""
    pip = "python -m pip install --disable-pip-version-check"
    wanted, words = pipeline.requirements, [pipeline.mlci]
    lines: list[str] = []
    if wanted.lock:
        lines = [
            f"{pip} uv=={UV}",
            f"uv export --frozen --no-emit-project --project {shlex.quote(folder(wanted.lock))} "
            "--output-file .mlci/requirements.txt --quiet",
            f"{pip} -r .mlci/requirements.txt",
        ]
    if wanted.file:
        words += ["-r", wanted.file]
    if wanted.pyproject:
        words.append(wanted.pyproject)
    given = " ".join(shlex.quote(word) for word in words if word)
    return (*lines, f"{pip} {given}") if given else tuple(lines)


def install_first(pipeline: Pipeline) -> tuple[str, ...]:
    return install_commands(replace(pipeline, requirements=NO_REQUIREMENTS) if pipeline.mlci else pipeline)


def free(name: str, taken: Collection[str]) -> str:
    """Return a job's name that nothing else has taken."""
    while name in taken:
        name = f"mlci-{name}"
    return name


def folder(path: str) -> str:
    """Return a path's folder, "." for the top."""
    return path.rpartition("/")[0] or "."
