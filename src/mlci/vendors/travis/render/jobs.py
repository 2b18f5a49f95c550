"""A plan's jobs as the entries of `jobs.include`: the values that the template places."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlci.language.model import Condition, Runner, Service
from mlci.planning.ancestors import Ancestors
from mlci.planning.plan import Job, Plan
from mlci.planning.stage_files import fill_text
from mlci.vendors.travis.render import conditions, variables
from mlci.vendors.travis.render.paths import Paths
from mlci.vendors.travis.syntax.builds import SILENT

SIZES = ((2, 8, ""), (4, 16, "large"), (8, 32, "x-large"), (16, 64, "2x-large"))
"""CPU cores and GB of memory of each machine size, the standard one first."""


class Naming:
    """Names of stages, jobs and workspaces; each says its workflow where the file holds several."""

    def __init__(self, plan: Plan, *, alone: bool) -> None:
        self.before = "" if alone else f"{plan.workflow.name} / "
        self.workspaces = "" if alone else f"{plan.workflow.name}."

    def job(self, job: str) -> str:
        """Return a job's name, which must be unique in the file."""
        return self.before + job

    def workspace(self, job: str) -> str:
        return self.workspaces + job

    def stage(self, jobs: Sequence[str]) -> str:
        if len(jobs) > 3:
            return f"{self.before}{jobs[0]} and {len(jobs) - 1} more"
        return self.before + " + ".join(jobs)


class Include:
    """Makes one plan's entries of `jobs.include`."""

    def __init__(
        self,
        plan: Plan,
        start: conditions.Cases,
        shared: Mapping[str, str],
        *,
        alone: bool,
        exact: bool,
    ) -> None:
        self.plan = plan
        self.start = start
        self.shared = shared
        """The variables of every job of the file."""
        self.naming = Naming(plan, alone=alone)
        self.instances = {job.id: [one.id for one in job.instances()] for job in plan.jobs}
        self.collected = {name for job in plan.jobs for name in job.collects}
        self.ancestors = Ancestors(plan)
        self.exact = exact
        self.paths = Paths(plan)
        self.known: dict[tuple[tuple[Condition, ...], frozenset[str]], str] = {}
        notify = plan.workflow.notify
        self.tell_failure = notify is not None and bool(notify.failure)
        self.tell_success = notify is not None and bool(notify.success)

    def stages(self) -> Iterator[dict[str, Any]]:
        """Yield the build stages in order; a condition that all jobs of one share is the stage's."""
        for level in self.plan.levels():
            jobs = [
                self.job(one, node) for node in level if isinstance(node, Job) for one in node.instances()
            ]
            if jobs:
                yield self.stage([node.id for node in level if isinstance(node, Job)], jobs)
        if self.tell_success:
            command = f"mlci notify success --workflow {self.plan.workflow.name}"
            yield self.stage(
                ["tell success"], [self.entry("tell success", conditions.text(self.start), command)]
            )

    def stage(self, names: Sequence[str], jobs: list[dict[str, Any]]) -> dict[str, Any]:
        asked = {job["if"] for job in jobs}
        shared = asked.pop() if len(asked) == 1 else ""
        if shared:
            for job in jobs:
                job["if"] = ""
        return {"name": self.naming.stage(names), "if": shared, "jobs": jobs}

    def entry(self, name: str, condition: str, script: str) -> dict[str, Any]:
        """Make an entry that has nothing but a command."""
        return {
            "name": self.naming.job(name),
            "if": condition,
            "python": self.plan.pipeline.python,
            "script": script,
            **EMPTY,
        }

    def condition(self, node: Job) -> str:
        key = (node.conditions, self.ancestors.approvals_before(node.id))
        if key not in self.known:
            before = [conditions.approved((name,), exact=self.exact) for name in sorted(key[1])]
            self.known[key] = conditions.of_job(node, before, self.start)
        return self.known[key]

    def job(self, job: Job, node: Job) -> dict[str, Any]:
        """Make the entry of a job, or of one instance of a matrix job."""
        stage = job.stage
        own = {name: value for name, value in job.env.items() if self.shared.get(name) != value}
        return {
            **self.entry(job.id, self.condition(node), self.paths.guard(node, script(job))),
            "python": job.python,
            "size": SIZES[-1][2] if (named := size(job.runner)) is None else named,
            "docker": bool(stage.services),
            "hosts": [service.name for service in job.beside],
            "artifacts": [fill_text(path, job.values) for path in job.kept],
            "directories": list(dict.fromkeys(path for cache in stage.cache for path in cache.paths)),
            "creates": self.naming.workspace(job.id) if node.id in self.collected else "",
            "folder": f".mlci/handoff/{job.id}",
            "uses": [self.naming.workspace(one) for name in job.collects for one in self.instances[name]],
            "env": variables.entries(own),
            "before_script": [
                *variables.exports(job.env),
                *self.paths.before(node),
                *(shlex.join(run_service(service)) for service in job.beside),
            ],
            "aws": stage.aws,
            "after_failure": f"mlci notify failure --workflow {job.workflow}"
            if self.tell_failure and not stage.allow_failure
            else "",
            "allow_failure": stage.allow_failure,
        }


EMPTY: Mapping[str, Any] = {
    "size": "",
    "docker": False,
    "hosts": [],
    "artifacts": [],
    "directories": [],
    "creates": "",
    "folder": "",
    "uses": [],
    "env": [],
    "before_script": [],
    "aws": None,
    "after_failure": "",
    "allow_failure": False,
}


def script(job: Job) -> str:
    """Return the command of a job; one that may be silent for long is run under travis_wait."""
    command = " ".join(job.command)
    if (job.stage.timeout or 0) <= SILENT:
        return command
    return f"travis_wait {job.minutes} {command}"


def size(runner: Runner) -> str | None:
    """Return the machine size for a runner's cores and memory; None when there is none that large."""
    return next((name for cores, memory, name in SIZES if not runner.larger(cores, memory)), None)


def run_service(service: Service) -> list[str]:
    """Return the command that starts a service's container; its ports are this machine's."""
    words = ["docker", "run", "--detach", "--name", service.name]
    for port in service.ports:
        words += ["--publish", f"{port}:{port}"]
    for name, value in service.env.items():
        words += ["--env", f"{name}={value}"]
    return [*words, str(service.image)]
