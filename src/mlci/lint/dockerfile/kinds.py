"""The files that Docker builds images from, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (
    Kind(
        "dockerfile",
        "docker",
        "Dockerfile",
        "dockerfile",
        r"(Dockerfile|Containerfile)(\.(?!dockerignore$|md$)[^/]+)?|[^/]+\.(dockerfile|Dockerfile)",
        None,
        (r"(?i:from|arg)\s+\S",),
    ),
)
