"""Rules for CircleCI: configuration and orbs, written from its configuration reference."""

from __future__ import annotations

LANGUAGE = (
    "undefined_job",
    "undefined_command",
    "undefined_executor",
    "undefined_orb",
    "undefined_requirement",
    "ambiguous_requirement",
    "requires_cycle",
    "arguments",
    "argument_type",
    "parameter",
    "undefined_value",
    "condition",
    "filter_expression",
    "filter",
)
"""Rules whose errors a run, too, refuses a file for."""

RULES = (
    "section",
    "version",
    "undefined_job",
    "undefined_command",
    "undefined_executor",
    "undefined_orb",
    "undefined_requirement",
    "ambiguous_requirement",
    "requires_cycle",
    "arguments",
    "argument_type",
    "parameter",
    "undefined_value",
    "condition",
    "filter_expression",
    "filter",
    "matrix",
    "orb_reference",
    "step_layout",
    "image",
    "resource_class",
    "cache_key",
    "schedule",
    "deprecated",
    "unused",
)

SECURITY = ("unpinned_orb",)
"""Those of the pack `security`."""
