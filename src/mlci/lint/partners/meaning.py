"""What other tools' rules mean in ours: which of their findings say what one of ours says already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from mlci.findings import Severity

Scope = Literal["line", "near", "file"]


class Same(NamedTuple):
    """Our rules that say the same as one of theirs."""

    rules: frozenset[str]
    name: str | None = None
    """The rule of ours a finding of theirs goes by when we did not find it; None to keep their name."""
    severity: Severity | None = None
    scope: Scope = "line"
    """Where ours must stand to be the same: on the line, some lines around it, anywhere in the file."""


def same(
    *rules: str, name: str | None = None, severity: Severity | None = None, scope: Scope = "line"
) -> Same:
    """Write it down shortly; one rule alone gives its name, too."""
    return Same(frozenset(rules), name or (rules[0] if len(rules) == 1 else None), severity, scope)


EXPRESSION = (
    "github-expression-syntax",
    "github-expression-type",
    "github-function",
    "github-undefined-property",
    "github-unknown-context",
    "template-injection",
    "github-wrong-type",
    "github-missing-key",
)
FORM = (
    "alias-loop",
    "complex-key",
    "duplicate-key",
    "github-action-reference",
    "github-background-step",
    "github-cron",
    "github-duplicate-name",
    "github-empty-value",
    "github-event",
    "github-expression-syntax",
    "github-input",
    "github-matrix",
    "github-missing-key",
    "github-permissions",
    "github-reusable-workflow",
    "github-unknown-context",
    "github-unknown-key",
    "github-unused-anchor",
    "github-wrong-type",
    "github-wrong-value",
    "nesting",
    "syntax",
)

ACTIONLINT: Mapping[str, Same] = {
    "syntax-check": same(*FORM),
    "expression": same(*EXPRESSION),
    "events": same("github-event", "github-cron", "github-input", "github-glob", name="github-event"),
    "action": same(
        "github-action-inputs",
        "github-action-reference",
        "github-outdated-action",
        "github-unknown-context",
        "github-empty-value",
    ),
    "job-needs": same("github-needs", scope="near"),
    "id": same("github-id", "github-duplicate-name", "github-unknown-context", name="github-id"),
    "matrix": same("github-matrix", "github-empty-value", name="github-matrix", severity="warning"),
    "permissions": same("github-permissions"),
    "runner-label": same("github-runner-label", severity="warning"),
    "shell-name": same("github-shell"),
    "env-var": same("github-env-name"),
    "glob": same("github-glob"),
    "if-cond": same("github-condition", severity="warning"),
    "credentials": same("plain-secret"),
    "deprecated-commands": same("github-deprecated-command", severity="warning"),
    "workflow-call": same("github-reusable-workflow", "github-unknown-key", name="github-reusable-workflow"),
}

ZIZMOR: Mapping[str, Same] = {
    "artipacked": same("persisted-credentials", scope="near"),
    "cache-poisoning": same("cache-poisoning", scope="near"),
    "dangerous-triggers": same("dangerous-trigger", scope="file"),
    "excessive-permissions": same("broad-permissions", scope="file"),
    "hardcoded-container-credentials": same("plain-secret"),
    "insecure-commands": same("unsafe-commands"),
    "overprovisioned-secrets": same("all-secrets"),
    "secrets-inherit": same("inherited-secrets", scope="near"),
    "self-hosted-runner": same("self-hosted-on-pull-request", scope="near"),
    "template-injection": same("template-injection"),
    "unpinned-images": same("unpinned-image", "image-without-digest", name="unpinned-image"),
    "unpinned-uses": same("unpinned-action"),
    "unsound-condition": same("github-condition"),
    "use-trusted-publishing": same("long-lived-cloud-key", scope="near"),
}

HADOLINT: Mapping[str, Same] = {
    "DL3006": same("unpinned-image"),
    "DL3007": same("unpinned-image"),
    "DL3013": same("unpinned-tool", "unpinned-training-dependency", name="unpinned-tool", severity="info"),
    "DL3016": same("unpinned-tool", severity="info"),
    "DL3028": same("unpinned-tool", severity="info"),
    "DL4001": same("pipe-to-shell"),
}

TOOLS: Mapping[str, Mapping[str, Same]] = {
    "actionlint": ACTIONLINT,
    "zizmor": ZIZMOR,
    "hadolint": HADOLINT,
}

PHRASES: tuple[tuple[str, str, Severity], ...] = (
    ("potentially untrusted", "template-injection", "warning"),
    ("is not defined in object type", "github-undefined-property", "warning"),
    ("undefined variable", "github-unknown-context", "error"),
    ("is not allowed here. available contexts", "github-unknown-context", "error"),
    ("undefined function", "github-function", "error"),
    ("number of arguments is wrong", "github-function", "error"),
    ("calling function", "github-function", "error"),
    ("format string", "github-function", "error"),
    ("broken JSON", "github-function", "error"),
    ("unexpected end of input", "github-expression-syntax", "error"),
    ("got unexpected", "github-expression-syntax", "error"),
    ("parser did not reach", "github-expression-syntax", "error"),
    ("assignable", "github-expression-type", "error"),
    ("cannot be compared", "github-expression-type", "error"),
    ("must be type of", "github-expression-type", "error"),
    ("should not be evaluated", "github-expression-type", "error"),
    ("is too old to run", "github-outdated-action", "warning"),
    ('runtime "node', "github-outdated-action", "info"),
    ("deprecated input", "github-action-inputs", "warning"),
    ("missing input", "github-action-inputs", "error"),
    ("is not defined in action", "github-action-inputs", "warning"),
    ("in invalid format", "github-action-reference", "error"),
    ("unexpected key", "github-unknown-key", "error"),
    ("is missing", "github-missing-key", "error"),
    ("should not be empty", "github-empty-value", "error"),
    ("is duplicated", "github-duplicate-name", "error"),
)
"""What actionlint's messages of its two wide rules mean, by a phrase in them."""
