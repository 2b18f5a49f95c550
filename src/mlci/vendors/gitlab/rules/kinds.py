"""The files that GitLab CI reads, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (
    Kind(
        "gitlab",
        "gitlab",
        "GitLab CI configuration",
        "yaml",
        r"\.gitlab-ci\.ya?ml|[^/]*\.gitlab-ci\.ya?ml|\.gitlab/ci/.*\.ya?ml",
        "gitlab-ci",
        ("stages", "before_script", "include", "workflow", "default"),
        many=True,
    ),
)
