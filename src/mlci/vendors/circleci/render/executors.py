"""What a job runs on: mlci's runner as an executor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mlci.language.model import Runner
from mlci.planning.plan import Job

KEYS = ("resource_class", "machine_image")
"""What `circleci:` of a runner may hold."""
MACHINE, CUDA = "ubuntu-2404:current", "linux-cuda-12:default"


class Size(NamedTuple):
    """One resource class."""

    name: str
    cpus: int
    memory: float
    """In GB."""


CONTAINERS = (
    Size("small", 1, 2),
    Size("medium", 2, 4),
    Size("medium+", 3, 6),
    Size("large", 4, 8),
    Size("xlarge", 8, 16),
    Size("2xlarge", 16, 32),
    Size("2xlarge+", 20, 40),
)
MACHINES = (
    Size("medium", 2, 7.5),
    Size("large", 4, 15),
    Size("xlarge", 8, 32),
    Size("2xlarge", 16, 64),
    Size("2xlarge+", 32, 64),
)
GPUS = ((1, "gpu.nvidia.medium"), (4, "gpu.nvidia.medium.multi"))
"""How many GPUs a class has at most, and its name."""


class Executor(NamedTuple):
    """What a job runs on."""

    image: str = ""
    """The image of a container; "" on a machine."""
    machine: str | bool = False
    """The image of a machine of CircleCI's, True for one of the user's own."""
    resource_class: str = ""


def own(runner: Runner) -> Mapping[str, Any]:
    """Return the runner's keys for CircleCI alone."""
    return runner.own("circleci")


def executor(job: Job, python: str) -> Executor:
    """Return what a job runs on; `python` is the version of the image when the runner names none."""
    runner = job.runner
    chosen = str(own(runner).get("resource_class", "")) or gpu_class(runner)
    image = own(runner).get("machine_image")
    if "/" in chosen and (runner.image is None or job.needs_engine):
        return Executor(machine=True, resource_class=chosen)
    if chosen.startswith("gpu.") or image:
        return Executor(machine=str(image or CUDA), resource_class=chosen)
    if job.needs_engine:
        return Executor(machine=MACHINE, resource_class=chosen or fitting(runner, MACHINES))
    return Executor(
        image=runner.image or f"cimg/python:{python}", resource_class=chosen or fitting(runner, CONTAINERS)
    )


def gpu_class(runner: Runner) -> str:
    """Return the class of machines with as many GPUs as a runner asks for, "" for none."""
    if not runner.gpu:
        return ""
    return next((name for most, name in GPUS if runner.gpu <= most), GPUS[-1][1])


def fitting(runner: Runner, sizes: Sequence[Size]) -> str:
    """Return the smallest class with what a runner asks for, else the largest; "" if it asks nothing."""
    if not runner.larger(0, 0):
        return ""
    enough = (size.name for size in sizes if not runner.larger(size.cpus, size.memory))
    return next(enough, sizes[-1].name)


class Executors:
    """The executors of a configuration, each once, under the name of the runner that first asked for it."""

    def __init__(self) -> None:
        self.named: dict[Executor, str] = {}
        self.seen: dict[tuple[int, str], Executor] = {}
        """What jobs without services run on, by runner and Python; many jobs share a few runners."""

    def of(self, job: Job, python: str) -> Executor:
        if job.stage.services:
            return executor(job, python)
        key = id(job.runner), python
        if key not in self.seen:
            self.seen[key] = executor(job, python)
        return self.seen[key]

    def name(self, wanted: Executor, job: Job) -> str:
        runner = job.stage.runner
        if isinstance(runner, str):
            return self.take(wanted, plain(runner))
        if wanted.machine:
            return self.take(wanted, "machine")
        return self.take(wanted, plain(job.stage.name) if runner else "default")

    def small(self, wanted: Executor) -> str:
        """Return the name of an executor for a job of mlci's own."""
        return self.take(wanted, "python")

    def take(self, wanted: Executor, base: str) -> str:
        """Return the name of an executor, a new one made of `base`."""
        if wanted not in self.named:
            taken = set(self.named.values())
            number = 1
            name = base
            while name in taken:
                number += 1
                name = f"{base}-{number}"
            self.named[wanted] = name
        return self.named[wanted]


def plain(name: str) -> str:
    """Return a name as executors may have it: small letters first."""
    return re.sub(r"^[^a-z]+", "", name.lower()) or "runner"
