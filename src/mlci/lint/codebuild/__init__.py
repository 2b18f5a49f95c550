"""Rules for AWS CodeBuild beyond its schema."""

from __future__ import annotations

from mlci.lint.codebuild import batch, command_mapping, version
from mlci.lint.rule import Rule

RULES: tuple[Rule, ...] = (command_mapping, batch, version)
