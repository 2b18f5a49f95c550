"""A job's token may do more than it needs.

Whatever runs in the job, each action and package among them, can use the token. `write-all` gives it
everything; without `permissions` it has what the repository's settings say, which may be everything, too.
Give each job the scopes it needs, and the workflow `contents: read` or `{}`.

Bad:

```yaml
on: push
permissions: write-all
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```

Good:

```yaml
on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Workflow, keyed
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

ID = "broad-permissions"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow",)


HARMLESS = frozenset(("id-token",))


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    if not workflow.jobs:
        return
    for part in (workflow, *workflow.jobs):
        node = part.value("permissions")
        if node is not None and node.id == "scalar" and node.value == "write-all":
            said = "'write-all' lets the token change everything in the repository"
            yield Finding(file.mark(node), said, ID, SEVERITY, "name the scopes that are needed")
    yield from shared(file, workflow)
    if workflow.value("permissions") is None:
        yield from unsaid(file, workflow)


def shared(file: SourceFile, workflow: Workflow) -> Iterator[Finding]:
    """Look for scopes to write that all of several jobs are given."""
    if len(workflow.jobs) < 2:
        return
    for name, (key, value) in keyed(workflow.value("permissions")).items():
        if value.id == "scalar" and value.value == "write" and name not in HARMLESS:
            said = f"every job may write '{name}'; give it to the job that needs it"
            yield Finding(file.mark(key), said, ID, "info", "move it to that job's 'permissions'")


def unsaid(file: SourceFile, workflow: Workflow) -> Iterator[Finding]:
    jobs = [job for job in workflow.jobs if job.value("permissions") is None]
    if jobs and set(workflow.events) != {"workflow_call"}:
        node: Node | None = workflow.keys["jobs"][0] if len(jobs) == len(workflow.jobs) else jobs[0].key
        said = "without 'permissions' the token may do whatever the repository's settings say"
        yield Finding(file.mark(node), said, ID, "info", "add 'permissions: {contents: read}' at the top")
