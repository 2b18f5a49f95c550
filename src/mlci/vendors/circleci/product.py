"""What CircleCI's variables say of a run, and how a run shows things there."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.findings import Finding
from mlci.planning.context import Context
from mlci.vendors.circleci.render.paths import CONFIG, CONTINUED

TITLE = "CircleCI"
HOME = "https://circleci.com/docs/reference/configuration-reference/"
STYLES: Mapping[str, str] = {"orb": "jobs use the commands of mlci's orb"}

EVENTS = {"api": "manual", "scheduled_pipeline": "schedule"}


def context(environ: Mapping[str, str]) -> Context | None:
    """Read CircleCI's variables; None when this is no run of CircleCI.

    MLCI_TRIGGER is what the configuration passes on of `pipeline.trigger_source`: no variable of CircleCI's
    own tells a schedule, a person and a push apart.
    """
    if environ.get("CIRCLECI") != "true":
        return None
    pull, tag = environ.get("CIRCLE_PULL_REQUEST", ""), environ.get("CIRCLE_TAG", "")
    pushed = "tag" if tag else "pull_request" if pull else "push"
    return Context(
        vendor="circleci",
        commit=environ.get("CIRCLE_SHA1", ""),
        branch=environ.get("CIRCLE_BRANCH", ""),
        tag=tag,
        pr=pull.rstrip("/").rpartition("/")[2],
        event=EVENTS.get(environ.get("MLCI_TRIGGER", ""), pushed),
        run_id=environ.get("CIRCLE_WORKFLOW_ID", ""),
        run_url=environ.get("CIRCLE_BUILD_URL", ""),
        actor=environ.get("CIRCLE_USERNAME", ""),
    )


def annotate(finding: Finding) -> str | None:
    """Return None: CircleCI shows nothing beside the lines of a file."""
    return None


def summary_file(environ: Mapping[str, str]) -> str | None:
    """Return None: CircleCI shows no Markdown; the summary is among a job's artifacts."""
    return None


def owns(path: str) -> bool:
    """Tell whether a path is CircleCI's configuration."""
    return path in (CONFIG, CONTINUED, ".circleci/config.yaml")
