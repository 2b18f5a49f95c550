"""What the token of a job may be allowed, and how much of it.

Source: GitHub's documentation, "Workflow syntax", `permissions`.
"""

from __future__ import annotations

READ_WRITE = ("read", "write", "none")

SCOPES: dict[str, tuple[str, ...]] = {
    "actions": READ_WRITE,
    "artifact-metadata": READ_WRITE,
    "attestations": READ_WRITE,
    "checks": READ_WRITE,
    "code-quality": READ_WRITE,
    "contents": READ_WRITE,
    "copilot-requests": ("write", "none"),
    "deployments": READ_WRITE,
    "discussions": READ_WRITE,
    "drives": READ_WRITE,
    "id-token": ("write", "none"),
    "issues": READ_WRITE,
    "models": ("read", "none"),
    "packages": READ_WRITE,
    "pages": READ_WRITE,
    "pull-requests": READ_WRITE,
    "repository-projects": READ_WRITE,
    "security-events": READ_WRITE,
    "statuses": READ_WRITE,
    "vulnerability-alerts": ("read", "none"),
}

ALL_SCOPES = ("read-all", "write-all")
