"""A rendered configuration -> the jobs that went in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from mlci.planning.vendor import ReadJob
from mlci.vendors.circleci.render.orb import NAME
from mlci.vendors.circleci.render.paths import CONFIG, CONTINUED
from mlci.vendors.circleci.syntax.references import unescaped
from mlci.yaml.document import Document

COLLECT = "Collect "
INSTANCE = re.compile(r" --job \S*<< parameters\..*?>>(?=$| --allow-failure$)")
REGION = frozenset(("AWS_REGION", "AWS_DEFAULT_REGION"))
ASKED = "MLCI_INPUT_"
"""How the variables begin that hold what a person was asked."""
ORB_EXEC, ORB_SECRETS = f"{NAME}/exec", f"{NAME}/need_secrets"


def read(files: Mapping[str, str]) -> tuple[ReadJob, ...]:
    """Read a configuration back into its jobs: a matrix as one, and none of mlci's own."""
    path = CONTINUED if CONTINUED in files else CONFIG
    if path not in files:
        return ()
    data = Document(path, files[path]).data
    return tuple(
        job
        for workflow, given in data["workflows"].items()
        for job in read_workflow(workflow, list(uses_of(given["jobs"], data)), data["jobs"])
    )


def uses_of(jobs: list[Any], data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield how a workflow uses its jobs: key and options; a group stands for its jobs."""
    for use in jobs:
        key, options = (use, {}) if isinstance(use, str) else next(iter(use.items()))
        if key in (data.get("job-groups") or {}):
            yield from uses_of(data["job-groups"][key]["jobs"], data)
        else:
            yield key, options


def read_workflow(
    workflow: str, uses: list[tuple[str, Mapping[str, Any]]], jobs: Mapping[str, Any]
) -> Iterator[ReadJob]:
    for key, options in uses:
        needs = tuple(sorted(options.get("requires", ())))
        if options.get("type") == "approval":
            yield ReadJob(workflow, key, needs, (), {}, (), ())
        elif command_of(jobs[key], options):
            yield read_job(workflow, key, options, needs, jobs[key])


def read_job(
    workflow: str, key: str, options: Mapping[str, Any], needs: tuple[str, ...], job: Mapping[str, Any]
) -> ReadJob:
    alias = (options.get("matrix") or {}).get("alias")
    ours = REGION if arguments(job, "aws-cli/setup") else frozenset[str]()
    secrets = arguments(job, "need-secrets") or arguments(job, ORB_SECRETS)
    return ReadJob(
        workflow=workflow,
        id=alias or options.get("name") or key,
        needs=needs,
        command=command_of(job, options),
        env={
            name: unescaped(str(value))
            for name, value in (job.get("environment") or {}).items()
            if name not in ours and not name.startswith(ASKED)
        },
        secrets=tuple(str(secrets.get("names", "")).split()),
        collects=tuple(name for name in collected(job).split(", ") if name),
    )


def collected(job: Mapping[str, Any]) -> str:
    """Return the jobs whose outputs a job fetches, as the file has them."""
    own = str(arguments(job, "attach_workspace").get("name", "")).removeprefix(COLLECT)
    return str(arguments(job, ORB_EXEC).get("collect", own))


def command_of(job: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words of `mlci exec`, without the instance of a matrix; none for a job of mlci's own."""
    own = str(arguments(job, "run-stage").get("command", ""))
    text = INSTANCE.sub("", own or asked(arguments(job, ORB_EXEC)))
    return tuple(shlex.split(text.replace("<< parameters.workflow >>", str(options.get("workflow", "")))))


def asked(given: Mapping[str, Any]) -> str:
    """Return what the orb's `exec` is asked for as the call it makes; "" without any."""
    if not given:
        return ""
    named = f" --job {given['job']}" if "job" in given else ""
    lenient = " --allow-failure" if given.get("allow_failure") else ""
    return f"mlci exec {given['stage']} --workflow {given['workflow']}{named}{lenient}"


def arguments(job: Mapping[str, Any], command: str) -> Mapping[str, Any]:
    """Return the arguments of a job's first step of that name; none when it has no such step."""
    for step in job["steps"]:
        if isinstance(step, dict) and command in step:
            found: Mapping[str, Any] = step[command]
            return found
    return {}
