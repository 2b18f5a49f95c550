"""GitHub Actions: one file a workflow under .github/workflows."""

from __future__ import annotations

from mlci.vendors.github.features import FEATURES
from mlci.vendors.github.limits import limits
from mlci.vendors.github.reading import read
from mlci.vendors.github.rendering import render
from mlci.vendors.github.run_context import annotate, context, owns, summary_file
from mlci.vendors.github.settings import settings

ID = "github"
TITLE = "GitHub Actions"
HOME = "https://docs.github.com/actions"

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
