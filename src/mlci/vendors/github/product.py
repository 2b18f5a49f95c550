"""What GitHub's variables say of a run, and how a run shows things there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mlci.findings import Finding
from mlci.planning.context import Context

TITLE = "GitHub Actions"
HOME = "https://docs.github.com/actions"
STYLES: Mapping[str, str] = {"actions": "jobs use mlci's composite actions `setup` and `run`"}

EVENTS = {
    "pull_request_target": "pull_request",
    "workflow_dispatch": "manual",
    "repository_dispatch": "manual",
}
LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def context(environ: Mapping[str, str]) -> Context | None:
    """Read GitHub's variables; None when this is no run of GitHub Actions.

    A pull request's branch is the one it comes from. MLCI_BRANCH and MLCI_COMMIT come first: a scheduled
    workflow checks out its own branch, of which GitHub's variables know nothing.
    """
    if environ.get("GITHUB_ACTIONS") != "true":
        return None
    ref, named = environ.get("GITHUB_REF_TYPE", ""), environ.get("GITHUB_REF_NAME", "")
    event = environ.get("GITHUB_EVENT_NAME", "")
    pull = re.fullmatch(r"refs/pull/([0-9]+)/\w+", environ.get("GITHUB_REF", ""))
    branch = environ.get("GITHUB_HEAD_REF") or (named if ref == "branch" else "")
    repository = f"{environ.get('GITHUB_SERVER_URL', '')}/{environ.get('GITHUB_REPOSITORY', '')}"
    run = environ.get("GITHUB_RUN_ID", "")
    return Context(
        vendor="github",
        commit=environ.get("MLCI_COMMIT") or environ.get("GITHUB_SHA", ""),
        branch=environ.get("MLCI_BRANCH") or branch,
        tag=named if ref == "tag" else "",
        pr=pull[1] if pull else "",
        event="tag" if event == "push" and ref == "tag" else EVENTS.get(event, event),
        run_id=run,
        run_url=f"{repository}/actions/runs/{run}" if run else "",
        actor=environ.get("GITHUB_ACTOR", ""),
    )


def annotate(finding: Finding) -> str | None:
    """Return the workflow command that GitHub shows at the line of the file."""
    mark = finding.mark
    places = {"file": mark.file, "line": mark.line, "col": mark.column, "title": finding.rule}
    keys = ",".join(f"{name}={escape_property(str(value))}" for name, value in places.items() if value)
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    return f"::{LEVELS[finding.severity]} {keys}::{escape_data(message)}"


def escape_data(text: str) -> str:
    """Return text as the data of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return text as a property of a workflow command."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def summary_file(environ: Mapping[str, str]) -> str | None:
    """Return the file whose Markdown GitHub shows on the run's page."""
    return environ.get("GITHUB_STEP_SUMMARY") or None


def owns(path: str) -> bool:
    """Tell whether a path is a workflow's."""
    return re.fullmatch(r"\.github/workflows/[^/]+\.ya?ml", path) is not None
