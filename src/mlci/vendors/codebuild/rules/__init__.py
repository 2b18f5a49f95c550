"""Rules for AWS CodeBuild beyond its schema."""

from __future__ import annotations

RULES = (
    "command_mapping",
    "batch",
    "version",
)
