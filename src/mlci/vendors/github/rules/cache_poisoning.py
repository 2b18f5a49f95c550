"""A release is built with what a cache held.

Caches are shared: a pull request that gets code to run on the default branch can leave a poisoned entry
that a later release picks up and publishes. Build releases from nothing but the sources and lock files.

Bad:

```yaml
on:
  release: {types: [published]}
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5
        with: {path: .venv, key: venv}
      - run: twine upload dist/*
```

Good:

```yaml
on:
  release: {types: [published]}
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - run: python -m build
      - run: twine upload dist/*
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Job, Step, Workflow, texts
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "cache-poisoning"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow",)


CACHES = ("actions/cache", "actions/cache/restore", "swatinem/rust-cache", "gradle/actions/setup-gradle")
PUBLISHERS = (
    "pypa/gh-action-pypi-publish",
    "softprops/action-gh-release",
    "ncipollo/release-action",
    "goreleaser/goreleaser-action",
    "docker/build-push-action",
    "js-devtools/npm-publish",
)

PUBLISHING = lazy(
    r"\b(?:twine upload|npm publish|yarn publish|pnpm publish|cargo publish|gem push|poetry publish"
    r"|uv publish|gh release (?:create|upload)|docker push|helm push)\b"
)


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    if not releases(workflow):
        return
    for job in workflow.jobs:
        if publishes(job):
            for step in job.steps:
                if caches(step):
                    said = "this job publishes a release, and builds it with what a cache held"
                    yield Finding(
                        file.mark(step.value("uses")), said, ID, SEVERITY, "build releases without a cache"
                    )


def releases(workflow: Workflow) -> bool:
    """Tell whether a workflow runs for releases: of tags alone, or of the event."""
    push = workflow.event("push")
    return "release" in workflow.events or bool(texts(push.items("tags")))


def publishes(job: Job) -> bool:
    for step in job.steps:
        if step.uses.partition("@")[0].lower() in PUBLISHERS:
            return True
        if step.run is not None and PUBLISHING.search(step.run.value):
            return True
    return False


def caches(step: Step) -> bool:
    """Tell whether a step takes something out of a cache."""
    name = step.uses.partition("@")[0].lower()
    given = step.given
    if name in CACHES:
        return given.text("lookup-only") != "true"
    if name == "astral-sh/setup-uv":
        return given.text("enable-cache") == "true"
    return name.startswith("actions/setup-") and given.text("cache") not in ("", "false")
