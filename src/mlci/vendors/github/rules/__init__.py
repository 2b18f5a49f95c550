"""Rules about what GitHub reads: workflows and actions. One module a rule, one name here."""

from __future__ import annotations

RULES = (
    "action_files",
    "action_inputs",
    "action_reference",
    "background_steps",
    "conditions",
    "dependabot_schedule",
    "deprecated_commands",
    "duplicate_name",
    "empty_value",
    "environment_names",
    "expression_syntax",
    "expression_type",
    "filters",
    "ids",
    "inputs",
    "local_action",
    "matrix",
    "missing_key",
    "needs",
    "outdated_action",
    "permissions",
    "reusable_workflow",
    "runner_labels",
    "schedule",
    "shells",
    "triggers",
    "truncated_version",
    "undefined_property",
    "unknown_context",
    "unknown_function",
    "unknown_key",
    "unused_anchor",
    "wrong_type",
    "wrong_value",
)

SECURITY = (
    "all_secrets",
    "broad_permissions",
    "cache_poisoning",
    "dangerous_trigger",
    "inherited_secrets",
    "persisted_credentials",
    "self_hosted",
    "template_injection",
    "unpinned_action",
)
"""Those of the pack `security`."""
