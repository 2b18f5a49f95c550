"""The files that AWS CodeBuild reads, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (
    Kind(
        "codebuild",
        "codebuild",
        "AWS CodeBuild buildspec",
        "yaml",
        r"buildspec([-_.][^/]*)?\.ya?ml",
        "codebuild",
        ("version phases", "version batch"),
    ),
)
