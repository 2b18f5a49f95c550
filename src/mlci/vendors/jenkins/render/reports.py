"""What a job leaves for people: test reports, and files to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlci.planning.plan import Job
from mlci.planning.stage_files import fill_text


def junit(job: Job) -> list[str]:
    return [f".mlci/reports/{job.id}/junit.xml", *tests(job, job.values)]


def tests(job: Job, values: Mapping[str, Any]) -> list[str]:
    """Return the patterns of the test reports that a stage names."""
    return [report(fill_text(path, values)) for path in job.junit]


def report(path: str) -> str:
    """Return a pattern of a report, or of all in a folder."""
    return glob(f"{path}**/*.xml" if path.endswith("/") else path)


def archived(job: Job) -> list[str]:
    """Return the patterns of what is kept: record, summary, what the stage names."""
    own = (f".mlci/handoff/{job.id}/record.json", f".mlci/reports/{job.id}/summary.md")
    return [*own, *files(job, job.values)]


def files(job: Job, values: Mapping[str, Any]) -> list[str]:
    """Return the patterns of the files that a stage names, coverage reports last."""
    return [pattern for path in job.kept for pattern in kept(fill_text(path, values))]


def kept(path: str) -> list[str]:
    """Return the patterns of a file, or of all in a folder; a name without a slash may be either."""
    if path.endswith("/"):
        return [glob(f"{path}**")]
    return [glob(path)] if "." in path.rpartition("/")[2] else [glob(path), glob(f"{path}/**")]


def glob(path: str) -> str:
    """Return a path as an Ant pattern; a comma would part it."""
    return path.replace(",", "?")
