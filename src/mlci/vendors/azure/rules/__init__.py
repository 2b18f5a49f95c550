"""Rules for Azure Pipelines beyond its schema."""

from __future__ import annotations

from mlci.lint.rule import Rule
from mlci.vendors.azure.rules import duplicate_name, legacy, task_version, undefined_dependency

RULES: tuple[Rule, ...] = (undefined_dependency, duplicate_name, task_version, legacy)
