"""What Jenkins has of the language, and how it is rendered or got round."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.planning.vendor import Support

FEATURES: Mapping[str, Support] = {
    "push": Support("native", "`when { branch '…' }` in a multibranch pipeline"),
    "tags": Support("native", "`when { tag '…' }`"),
    "pull_request": Support("native", "`when { changeRequest() }`"),
    "schedule": Support("native", "`triggers { cron('…') }`, in UTC, in the jobs of the branches asked for"),
    "manual": Support("native", "`when { triggeredBy cause: 'UserIdCause' }`"),
    "manual-inputs": Support("native", "`parameters`, known after a branch's first build"),
    "paths": Support("partly", "`changeset`: what changed since the branch's last build; the first runs all"),
    "condition": Support("native", "`when`"),
    "condition-paths": Support("partly", "`changeset`: what changed since the branch's last build"),
    "parallel": Support("native", "`parallel`"),
    "needs": Support("partly", "sequences side by side; any other graph level by level"),
    "matrix": Support(
        "native", "`matrix`; beside other stages, or with mixed values, one stage a combination"
    ),
    "approval": Support("native", "`input`"),
    "environment": Support("partly", "credentials of a folder; put an approval before the stage"),
    "concurrency": Support("native", "`lock` of the Lockable Resources plugin"),
    "concurrency-cancel": Support("partly", "`disableConcurrentBuilds(abortPrevious: true)`, by branch"),
    "secrets": Support("native", "`withCredentials` around the command alone"),
    "oidc": Support("native", "an id token of the OpenID Connect Provider plugin"),
    "image": Support("native", "`agent { docker { image '…' } }`"),
    "gpu": Support("native", "`docker run --gpus`, or the agents of a label"),
    "self-hosted": Support("native", "`agent { label '…' }`"),
    "python": Support("partly", "the official image, or pythonX.Y of the agent; another image has its own"),
    "services": Support("native", "`docker.image('…').withRun`, linked by name"),
    "docker": Support("native", "the engine of the agent; the job runs on the agent itself"),
    "timeout": Support("native", "`timeout` around the command, and `mlci exec`"),
    "retries": Support("mlci", "`mlci exec`"),
    "allow_failure": Support("native", "`catchError`"),
    "cache": Support("native", "`cache` of the Job Cacher plugin; folders of the workspace"),
    "bundles": Support("native", "`stash` and `unstash`"),
    "artifacts": Support("native", "`archiveArtifacts`"),
    "junit": Support("native", "`junit`"),
    "coverage": Support("native", "`archiveArtifacts`"),
    "notify": Support("mlci", "`mlci notify` in `post`"),
}
