"""The files that GitHub reads, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (
    Kind(
        "github-workflow",
        "github",
        "GitHub Actions workflow",
        "yaml",
        r"\.github/workflows/[^/]+\.ya?ml",
        None,
        ("on jobs",),
    ),
    Kind("github-action", "github", "GitHub action", "yaml", r"action\.ya?ml", None, ("runs",)),
    Kind(
        "dependabot",
        "github",
        "Dependabot configuration",
        "yaml",
        r"\.github/dependabot\.ya?ml",
        "dependabot",
        ("version updates",),
    ),
)
