"""Where a job runs on Jenkins: in a container, or on an agent itself."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from mlci.language.model import Aws, Service
from mlci.planning.plan import Job

ID = "jenkins"
AWS_IDENTITY = "aws-id-token"
"""The id of the credential that is a build's identity for AWS."""
KEYS = ("label", "args")
"""What a runner's `jenkins` may hold: the agents' label, and more words for `docker run`."""


class Agent(NamedTuple):
    """Where a job runs."""

    label: str
    """The agents that may run it; "" for any."""
    image: str
    """The container it runs in; "" for none."""
    args: str
    """Words for `docker run`."""
    python: str
    """The interpreter its environment is made with."""


def agent_of(job: Job) -> Agent:
    """Return where a job runs.

    A job that starts containers runs on the agent itself. So does one whose runner has a label but no image:
    such a machine is set up for the work. Any other has the image of its Python.
    """
    given = job.runner.own(ID)
    label, args = str(given.get("label", "")), str(given.get("args", ""))
    if any(service.image is None for service in job.stage.services):
        return Agent(label, "", "", host_python(job))
    image = job.runner.image or ("" if label and not job.beside else f"python:{job.python}")
    if not image:
        return Agent(label, "", "", host_python(job))
    return Agent(label, image, " ".join(filter(None, [*limits(job), args])), "python3")


def host_python(job: Job) -> str:
    """Return the interpreter of an agent that is no container: the one of the asked version, or none."""
    return f"python{'.'.join(job.python.split('.')[:2])}"


def limits(job: Job) -> list[str]:
    """Return the words for `docker run` that give a job what its runner asks for."""
    runner, words = job.runner, []
    if runner.gpu:
        words.append(f"--gpus {runner.gpu}")
    if runner.cpus:
        words.append(f"--cpus {runner.cpus}")
    if runner.memory:
        words.append(f"--memory {re.sub('B$', '', runner.memory).lower()}")
    return words


def run_args(service: Service) -> str:
    """Return the words for `docker run` that start a service."""
    return " ".join(f"--env {shlex.quote(f'{name}={value}')}" for name, value in service.env.items())


def links(job: Job) -> list[dict[str, str]]:
    """Return what the template needs to start a job's services and reach them by name."""
    return [
        {"image": str(one.image), "args": run_args(one), "name": one.name, "as": variable(one.name)}
        for one in job.beside
    ]


def variable(name: str) -> str:
    return "service_" + re.sub(r"\W", "_", name)


def aws_variables(aws: Aws | None) -> list[str]:
    """Return the variables that AWS's own tools need beside the token, to assume a role by themselves."""
    if aws is None:
        return []
    return [f"AWS_ROLE_ARN={aws.role}", f"AWS_REGION={aws.region}", f"AWS_DEFAULT_REGION={aws.region}"]
