"""GitHub Actions: one file a workflow under .github/workflows."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.vendors.github.run_context import annotate, context, owns, summary_file

__all__ = ["HOME", "STYLES", "TITLE", "annotate", "context", "owns", "summary_file"]

TITLE = "GitHub Actions"
HOME = "https://docs.github.com/actions"
STYLES: Mapping[str, str] = {"actions": "jobs use mlci's composite actions `setup` and `run`"}
