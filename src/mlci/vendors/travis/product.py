"""A run of Travis CI, as its documented variables tell it."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.findings import Finding
from mlci.planning.context import Context
from mlci.vendors.travis.syntax.builds import TYPES

TITLE = "Travis CI"
HOME = "https://docs.travis-ci.com"
STYLES: Mapping[str, str] = {}

EVENTS = {kind: event for event, kind in TYPES.items() if event != "tag"}


def context(environ: Mapping[str, str]) -> Context | None:
    """Read the variables; None when this is no run of Travis CI."""
    if environ.get("TRAVIS") != "true":
        return None
    tag = environ.get("TRAVIS_TAG", "")
    pr = environ.get("TRAVIS_PULL_REQUEST", "false")
    event = EVENTS.get(environ.get("TRAVIS_EVENT_TYPE", ""), "")
    branch = environ.get("TRAVIS_PULL_REQUEST_BRANCH") or environ.get("TRAVIS_BRANCH", "")
    return Context(
        vendor="travis",
        commit=environ.get("TRAVIS_COMMIT", ""),
        branch="" if tag else branch,
        tag=tag,
        pr="" if pr == "false" else pr,
        event="tag" if tag and event == "push" else event,
        run_id=environ.get("TRAVIS_BUILD_NUMBER", ""),
        run_url=environ.get("TRAVIS_BUILD_WEB_URL", ""),
    )


def owns(path: str) -> bool:
    """Tell whether a path is Travis CI's one file."""
    return path == ".travis.yml"


def annotate(finding: Finding) -> None:
    """Return None: a Travis CI log shows no annotations."""


def summary_file(environ: Mapping[str, str]) -> None:
    """Return None: Travis CI shows no summaries."""
