"""The files that Azure Pipelines reads, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (
    Kind(
        "azure",
        "azure",
        "Azure Pipelines configuration",
        "yaml",
        r"\.?azure-?pipelines?([-_.][^/]*)?\.ya?ml|[^/]+\.azure-pipelines\.ya?ml"
        r"|\.azure-?pipelines/.*\.ya?ml|\.azuredevops/.*\.ya?ml",
        "azure",
        ("trigger", "pool", "steps", "extends", "schedules", "pr"),
    ),
)
