"""Rules for CircleCI: configuration and orbs, written from its configuration reference."""

from __future__ import annotations

from mlci.lint.rule import Rule
from mlci.vendors.circleci.rules import (
    ambiguous_requirement,
    argument_type,
    arguments,
    cache_key,
    condition,
    deprecated,
    filter,
    filter_expression,
    image,
    matrix,
    orb_reference,
    parameter,
    requires_cycle,
    resource_class,
    schedule,
    section,
    step_layout,
    undefined_command,
    undefined_executor,
    undefined_job,
    undefined_orb,
    undefined_requirement,
    undefined_value,
    unused,
    version,
)

LANGUAGE: tuple[Rule, ...] = (
    arguments,
    argument_type,
    parameter,
    undefined_value,
    condition,
    filter_expression,
    filter,
)
"""Rules whose errors a run, too, refuses a file for."""
RULES: tuple[Rule, ...] = (
    section,
    version,
    undefined_job,
    undefined_command,
    undefined_executor,
    undefined_orb,
    undefined_requirement,
    ambiguous_requirement,
    requires_cycle,
    *LANGUAGE,
    matrix,
    orb_reference,
    step_layout,
    image,
    resource_class,
    cache_key,
    schedule,
    deprecated,
    unused,
)
