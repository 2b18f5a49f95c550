"""Travis CI: one .travis.yml, a build stage for each step of a workflow, conditions, workspaces."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.vendors.travis.run_context import annotate, context, owns, summary_file

__all__ = ["HOME", "STYLES", "TITLE", "annotate", "context", "owns", "summary_file"]

TITLE = "Travis CI"
HOME = "https://docs.travis-ci.com"
STYLES: Mapping[str, str] = {}
