"""CircleCI: one .circleci/config.yml for all workflows, and a second file when paths decide."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.vendors.circleci.run_context import annotate, context, owns, summary_file

__all__ = ["HOME", "STYLES", "TITLE", "annotate", "context", "owns", "summary_file"]

TITLE = "CircleCI"
HOME = "https://circleci.com/docs/reference/configuration-reference/"
STYLES: Mapping[str, str] = {"orb": "jobs use the commands of mlci's orb"}
