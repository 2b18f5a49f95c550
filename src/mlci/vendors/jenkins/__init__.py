"""Jenkins: a declarative Jenkinsfile a workflow."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.vendors.jenkins.run_context import annotate, context, owns, summary_file

__all__ = ["HOME", "STYLES", "TITLE", "annotate", "context", "owns", "summary_file"]

TITLE = "Jenkins"
HOME = "https://www.jenkins.io/doc/book/pipeline/syntax/"
STYLES: Mapping[str, str] = {"library": "stages use the steps of mlci's shared library"}
