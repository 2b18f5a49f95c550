"""Rules for Azure Pipelines beyond its schema."""

from __future__ import annotations

RULES = (
    "undefined_dependency",
    "duplicate_name",
    "task_version",
    "legacy",
)
