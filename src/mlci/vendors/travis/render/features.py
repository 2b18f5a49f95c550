"""What Travis CI has of the language, and how it is rendered or got round."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.planning.vendor import Support

FEATURES: Mapping[str, Support] = {
    "push": Support("native", "condition `type = push AND branch = …`"),
    "tags": Support("native", "condition `tag =~ …`"),
    "pull_request": Support("native", "condition `type = pull_request`"),
    "schedule": Support("partly", "condition `type = cron`; the settings start it daily, weekly or monthly"),
    "manual": Support("native", "condition `type = api`: Trigger build, or the API"),
    "manual-inputs": Support(
        "partly", "MLCI_INPUT_<NAME> in the configuration of Trigger build; not asked for"
    ),
    "paths": Support("mlci", "`mlci select` in the job: a machine starts, and the stage may not run"),
    "condition": Support("native", "`if` of the build stage or job"),
    "condition-paths": Support(
        "mlci", "`mlci select` in the job: a machine starts, and the stage may not run"
    ),
    "parallel": Support("native", "jobs of one build stage"),
    "needs": Support("partly", "build stages: a job waits for all jobs of the stages before"),
    "matrix": Support("mlci", "one job for each combination"),
    "approval": Support("partly", "what follows runs in a build started by hand with MLCI_APPROVE"),
    "environment": Support("no", "secrets are the repository's; put an approval before the stage"),
    "concurrency": Support("partly", "the repository's setting `Limit concurrent jobs`"),
    "concurrency-cancel": Support("partly", "the repository's setting `Auto cancel branch builds`"),
    "secrets": Support(
        "partly", "settings of the repository; `mlci exec` takes them from other stages' commands"
    ),
    "oidc": Support("partly", "`aws sts assume-role` with a key from the repository's settings"),
    "image": Support(
        "partly", "the official Python images as `python`; others by `docker run` in the command"
    ),
    "gpu": Support("no", "leave travis out of `vendors`, or set `vm` in `overrides`"),
    "self-hosted": Support("no", "runs on Travis CI's machines"),
    "python": Support("native", "`python`"),
    "services": Support("native", "`docker run` before the script; its name is an `addons.hosts`"),
    "docker": Support("native", "`services: docker`"),
    "timeout": Support("mlci", "`mlci exec`; a job ends after 50 minutes, or 120 for private repositories"),
    "retries": Support("mlci", "`mlci exec`"),
    "allow_failure": Support("native", "`allow_failure`"),
    "cache": Support("partly", "`cache.directories`, one for each branch and job; key files are not asked"),
    "bundles": Support("native", "`workspaces`"),
    "artifacts": Support("partly", "`addons.artifacts` uploads to an S3 bucket of yours"),
    "junit": Support("no", "the job's log"),
    "coverage": Support("partly", "`addons.artifacts`"),
    "notify": Support("mlci", "`mlci notify` in `after_failure`, and as the last build stage"),
}
