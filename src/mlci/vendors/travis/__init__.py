"""Travis CI: one .travis.yml, a build stage for each step of a workflow, conditions, workspaces."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.findings import Finding
from mlci.vendors.travis.context import context
from mlci.vendors.travis.features import FEATURES
from mlci.vendors.travis.limits import limits
from mlci.vendors.travis.reading import read
from mlci.vendors.travis.rendering import ID, PATH, render
from mlci.vendors.travis.settings import settings

TITLE = "Travis CI"
HOME = "https://docs.travis-ci.com"

__all__ = [
    "FEATURES",
    "HOME",
    "ID",
    "TITLE",
    "annotate",
    "context",
    "limits",
    "owns",
    "read",
    "render",
    "settings",
    "summary_file",
]


def owns(path: str) -> bool:
    """Tell whether a path is Travis CI's one file."""
    return path == PATH


def annotate(finding: Finding) -> None:
    """Return None: Travis CI shows no annotations."""


def summary_file(environ: Mapping[str, str]) -> None:
    """Return None: Travis CI shows no summaries."""
