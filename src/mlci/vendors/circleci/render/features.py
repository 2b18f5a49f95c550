"""What CircleCI has of the language."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.planning.vendor import Support

FEATURES: Mapping[str, Support] = {
    "push": Support("native", "when, with pipeline.git.branch"),
    "tags": Support("native", "when, with pipeline.git.tag, and a tags filter on every job"),
    "pull_request": Support("partly", "pushes to any branch but the default one; the target is not known"),
    "schedule": Support(
        "partly", "when, with pipeline.parameters.workflow; the schedule is set in the project"
    ),
    "manual": Support(
        "native", "when, with pipeline.parameters.workflow, given by who triggers the pipeline"
    ),
    "manual-inputs": Support("native", "pipeline parameters"),
    "paths": Support("mlci", "`mlci select` in a setup workflow that continues with the answers"),
    "condition": Support("native", "filters; `mlci select` where an expression would need a pattern"),
    "condition-paths": Support("mlci", "`mlci select` in a setup workflow that continues with the answers"),
    "parallel": Support("native", "jobs without requires on each other"),
    "needs": Support("native", "requires"),
    "matrix": Support("native", "matrix.parameters"),
    "approval": Support("native", "type: approval"),
    "environment": Support("native", "a context of that name, restricted to whom it is for"),
    "concurrency": Support("native", "serial-group; of a whole workflow through job-groups"),
    "concurrency-cancel": Support("partly", "a setting of the project, for all its workflows"),
    "secrets": Support("mlci", "contexts and project variables; `mlci exec` keeps them from other stages"),
    "oidc": Support("native", "the aws-cli orb with the job's OpenID Connect token"),
    "image": Support("native", "docker executor"),
    "gpu": Support("native", "a GPU resource class, or a machine of one's own"),
    "self-hosted": Support("native", "resource_class of a runner"),
    "python": Support("partly", "the image of that version; another image has its own"),
    "services": Support("partly", "images beside the first; not on a machine"),
    "docker": Support("native", "machine executor"),
    "timeout": Support("mlci", "`mlci exec` ends it; no_output_timeout after it"),
    "retries": Support("mlci", "`mlci exec` tries again"),
    "allow_failure": Support("mlci", "`mlci exec --allow-failure`"),
    "cache": Support("native", "restore_cache and save_cache"),
    "bundles": Support("native", "persist_to_workspace and attach_workspace"),
    "artifacts": Support("native", "store_artifacts"),
    "junit": Support("native", "store_test_results"),
    "coverage": Support("native", "store_artifacts"),
    "notify": Support("mlci", "`mlci notify` in a step with when: on_fail, and in a last job"),
}
