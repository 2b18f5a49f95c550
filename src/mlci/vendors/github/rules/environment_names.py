"""A variable's name holds a character no shell takes, or is one GitHub sets itself.

A name with `=`, `&` or a space cannot be set; GitHub keeps its own value of variables such as
`GITHUB_SHA`.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    env:
      MODEL DIR: model
    steps:
      - run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    env:
      MODEL_DIR: model
    steps:
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Part, keyed
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

ID = "github-env-name"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


FORBIDDEN = ("=", "&", " ")
NAMES = """
GITHUB_ACTION GITHUB_ACTION_PATH GITHUB_ACTION_REPOSITORY GITHUB_ACTIONS GITHUB_ACTOR GITHUB_ACTOR_ID
GITHUB_API_URL GITHUB_BASE_REF GITHUB_ENV GITHUB_EVENT_NAME GITHUB_EVENT_PATH GITHUB_GRAPHQL_URL
GITHUB_HEAD_REF GITHUB_JOB GITHUB_OUTPUT GITHUB_PATH GITHUB_REF GITHUB_REF_NAME GITHUB_REF_PROTECTED
GITHUB_REF_TYPE GITHUB_REPOSITORY GITHUB_REPOSITORY_ID GITHUB_REPOSITORY_OWNER GITHUB_REPOSITORY_OWNER_ID
GITHUB_RETENTION_DAYS GITHUB_RUN_ATTEMPT GITHUB_RUN_ID GITHUB_RUN_NUMBER GITHUB_SERVER_URL GITHUB_SHA
GITHUB_STEP_SUMMARY GITHUB_TRIGGERING_ACTOR GITHUB_WORKFLOW GITHUB_WORKFLOW_REF GITHUB_WORKFLOW_SHA
GITHUB_WORKSPACE RUNNER_ARCH RUNNER_DEBUG RUNNER_ENVIRONMENT RUNNER_NAME RUNNER_OS RUNNER_TEMP
RUNNER_TOOL_CACHE
"""
OWN = frozenset(NAMES.split())


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at the names of each `env`."""
    workflow = file.once(model.read_workflow)
    for node in sections(workflow, workflow.jobs):
        for name, (key, _) in keyed(node).items():
            if "${{" in name:
                continue
            if not name or any(one in name for one in FORBIDDEN):
                said = f"'{name}' is no name for a variable: it cannot hold '=', '&' or a space"
                yield Finding(file.mark(key), said, ID, SEVERITY)
            elif name in OWN:
                said = f"GitHub sets '{name}' itself; what is given here has no effect"
                yield Finding(file.mark(key), said, ID, "warning")


def sections(workflow: Part, jobs: Iterable[model.Job]) -> Iterator[Node | None]:
    yield workflow.value("env")
    for job in jobs:
        yield job.value("env")
        yield job.inner("container").value("env")
        for _, service in keyed(job.value("services")).values():
            yield Part(service).value("env")
        for step in job.steps:
            yield step.value("env")
