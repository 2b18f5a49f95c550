"""What GitHub Actions has of the language."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.planning.vendor import Support

FEATURES: Mapping[str, Support] = {
    "push": Support("native", "on.push.branches"),
    "tags": Support("native", "on.push.tags"),
    "pull_request": Support("native", "on.pull_request"),
    "schedule": Support("partly", "on.schedule; one branch a workflow, checked out by name"),
    "manual": Support("native", "on.workflow_dispatch"),
    "manual-inputs": Support("native", "on.workflow_dispatch.inputs"),
    "paths": Support("native", "on.push.paths"),
    "condition": Support("native", "if:, and `mlci select` in a first job for patterns with * inside"),
    "condition-paths": Support("mlci", "`mlci select` in a first job, whose outputs each if: asks"),
    "parallel": Support("native", "jobs without needs on each other"),
    "needs": Support("native", "needs"),
    "matrix": Support("native", "strategy.matrix"),
    "approval": Support("native", "a job in an environment with required reviewers"),
    "environment": Support("native", "environment"),
    "concurrency": Support("native", "concurrency; of the runs that wait only the newest stays"),
    "concurrency-cancel": Support("native", "concurrency.cancel-in-progress"),
    "secrets": Support("native", "env of the one step that runs the stage"),
    "oidc": Support("native", "id-token: write and aws-actions/configure-aws-credentials"),
    "image": Support("native", "container"),
    "gpu": Support("partly", "runs-on with the labels of a machine that has one"),
    "self-hosted": Support("native", "runs-on with labels"),
    "python": Support("partly", "actions/setup-python; in a container the image's own"),
    "services": Support("native", "services"),
    "docker": Support("native", "the engine of the machine; such a job runs in no container"),
    "timeout": Support("native", "timeout-minutes, and `mlci exec` before it"),
    "retries": Support("mlci", "`mlci exec` tries again"),
    "allow_failure": Support("native", "continue-on-error"),
    "cache": Support("native", "actions/cache; packages through actions/setup-python"),
    "bundles": Support("native", "actions/upload-artifact and actions/download-artifact"),
    "artifacts": Support("native", "actions/upload-artifact"),
    "junit": Support("mlci", "the step summary, and an artifact"),
    "coverage": Support("native", "an artifact"),
    "notify": Support("mlci", "`mlci notify` in a last job"),
}
