"""Rules for GitLab CI beyond its schema."""

from __future__ import annotations

from mlci.lint.rule import Rule
from mlci.vendors.gitlab.rules import (
    deprecated,
    mixed_rules,
    needs_order,
    no_script,
    undefined_job,
    undefined_stage,
)

RULES: tuple[Rule, ...] = (
    undefined_stage,
    undefined_job,
    needs_order,
    no_script,
    mixed_rules,
    deprecated,
)
