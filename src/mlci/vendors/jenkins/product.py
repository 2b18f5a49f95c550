"""A run of Jenkins, as its documented variables tell it, and the causes that the Jenkinsfile hands on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlci.findings import Finding
from mlci.planning.context import Context

TITLE = "Jenkins"
HOME = "https://www.jenkins.io/doc/book/pipeline/syntax/"
STYLES: Mapping[str, str] = {"library": "stages use the steps of mlci's shared library"}

CAUSES = "MLCI_CAUSES"
BY_HAND = "hudson.model.Cause$UserIdCause"
BY_CLOCK = "hudson.triggers.TimerTrigger$TimerTriggerCause"


def context(environ: Mapping[str, str]) -> Context | None:
    """Read the variables; None when this is no run of Jenkins."""
    if not environ.get("JENKINS_URL") and not environ.get("JENKINS_HOME"):
        return None
    tag, pr = environ.get("TAG_NAME", ""), environ.get("CHANGE_ID", "")
    causes = causes_of(environ.get(CAUSES, ""))
    return Context(
        vendor="jenkins",
        commit=environ.get("GIT_COMMIT", ""),
        branch="" if tag else branch_of(environ),
        tag=tag,
        pr=pr,
        event=event_of(pr, tag, causes),
        run_id=environ.get("BUILD_NUMBER", ""),
        run_url=environ.get("BUILD_URL", ""),
        actor=environ.get("CHANGE_AUTHOR") or next((user for user in map(user_of, causes) if user), ""),
    )


def branch_of(environ: Mapping[str, str]) -> str:
    """Return the branch: a change request's own, a multibranch job's, or the one git fetched."""
    found = environ.get("CHANGE_BRANCH") or environ.get("BRANCH_NAME") or environ.get("GIT_BRANCH", "")
    return found.removeprefix("origin/")


def event_of(pr: str, tag: str, causes: list[Mapping[str, Any]]) -> str:
    """Return what started the run; a change request stays one however its build was started."""
    if pr or tag:
        return "pull_request" if pr else "tag"
    classes = {str(cause.get("_class")) for cause in causes}
    if BY_CLOCK in classes:
        return "schedule"
    return "manual" if BY_HAND in classes else "push"


def causes_of(text: str) -> list[Mapping[str, Any]]:
    """Return the causes of a build; none when the variable holds no list of them."""
    try:
        found = json.loads(text) if text else []
    except ValueError:
        return []
    return [cause for cause in found if isinstance(cause, Mapping)] if isinstance(found, list) else []


def user_of(cause: Mapping[str, Any]) -> str:
    """Return who started a build by hand."""
    return str(cause.get("userId") or "")


def owns(path: str) -> bool:
    """Tell whether a path is one that a workflow's file lies at."""
    folder, _, name = path.rpartition("/")
    return path == "Jenkinsfile" or (folder == "jenkins" and name.endswith(".Jenkinsfile"))


def annotate(finding: Finding) -> None:
    """Return None: a Jenkins log shows no annotations."""


def summary_file(environ: Mapping[str, str]) -> None:
    """Return None: Jenkins shows no Markdown; the summary is kept with the artifacts."""
