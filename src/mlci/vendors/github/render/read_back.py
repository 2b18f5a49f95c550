"""Rendered workflow files -> the jobs that went in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from mlci.planning.vendor import ReadJob
from mlci.vendors.github.render.files import FOLDER
from mlci.vendors.github.render.own_actions import executed
from mlci.vendors.github.render.text import unescape
from mlci.yaml.document import Document

SECRET = re.compile(r"\$\{\{ secrets\.(\w+) \}\}")
BUNDLES = re.compile(r"mlci-([\w-]+)(?:\.\*)?")


def read(files: Mapping[str, str]) -> tuple[ReadJob, ...]:
    """Read workflow files back into their jobs; jobs of mlci's own are left out."""
    return tuple(
        job
        for path, text in files.items()
        if path.startswith(FOLDER)
        for job in read_workflow(path.removeprefix(FOLDER).rpartition(".")[0], Document(path, text).data)
    )


def read_workflow(workflow: str, data: Mapping[str, Any]) -> Iterator[ReadJob]:
    jobs = data["jobs"]
    kept = {name for name, job in jobs.items() if command_of(job) or approves(job)}
    shared = data.get("env") or {}
    for name in jobs:
        if name in kept:
            yield read_job(workflow, name, jobs[name], kept, shared)


def read_job(
    workflow: str, name: str, job: Mapping[str, Any], kept: set[str], shared: Mapping[str, Any]
) -> ReadJob:
    env = {**shared, **(job.get("env") or {})} if command_of(job) else {}
    return ReadJob(
        workflow=workflow,
        id=name,
        needs=tuple(sorted(need for need in job.get("needs", ()) if need in kept)),
        command=command_of(job),
        env={key: unescape(str(value)) for key, value in env.items() if not key.startswith("MLCI_")},
        secrets=tuple(secrets_of(job)),
        collects=tuple(collects_of(job)),
    )


def command_of(job: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words of the step that runs `mlci exec`; none for any other job."""
    for step in job.get("steps", ()):
        if str(step.get("run", "")).startswith("mlci exec "):
            return tuple(shlex.split(step["run"]))
        if words := executed(step):
            return words
    return ()


def approves(job: Mapping[str, Any]) -> bool:
    """Tell whether a job only waits for its environment's reviewers."""
    return "environment" in job and not command_of(job)


def secrets_of(job: Mapping[str, Any]) -> Iterator[str]:
    for step in job.get("steps", ()):
        for value in (step.get("env") or {}).values():
            found = SECRET.fullmatch(str(value))
            if found:
                yield found[1]


def collects_of(job: Mapping[str, Any]) -> Iterator[str]:
    for step in job.get("steps", ()):
        if str(step.get("uses", "")).startswith("actions/download-artifact@"):
            named = step["with"].get("name") or step["with"]["pattern"]
            found = BUNDLES.fullmatch(named)
            if found:
                yield found[1]
        elif executed(step) and step["with"].get("collect"):
            yield str(step["with"]["collect"])
