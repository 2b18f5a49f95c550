"""Rules for GitLab CI beyond its schema."""

from __future__ import annotations

RULES = (
    "undefined_stage",
    "undefined_job",
    "needs_order",
    "no_script",
    "mixed_rules",
    "deprecated",
)
