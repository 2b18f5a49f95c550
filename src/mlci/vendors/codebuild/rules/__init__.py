"""Rules for AWS CodeBuild beyond its schema."""

from __future__ import annotations

from mlci.lint.rule import Rule
from mlci.vendors.codebuild.rules import batch, command_mapping, version

RULES: tuple[Rule, ...] = (command_mapping, batch, version)
