"""CircleCI: one .circleci/config.yml for all workflows, and a second when paths decide."""

from __future__ import annotations

from mlci.vendors.circleci.features import FEATURES
from mlci.vendors.circleci.limits import limits
from mlci.vendors.circleci.reading import read
from mlci.vendors.circleci.rendering import render
from mlci.vendors.circleci.run_context import annotate, context, owns, summary_file
from mlci.vendors.circleci.settings import settings

ID = "circleci"
TITLE = "CircleCI"
HOME = "https://circleci.com/docs/reference/configuration-reference/"

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
