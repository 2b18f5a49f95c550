"""Pull requests run on a runner of your own.

In a public repository anybody can open one, and its code then runs on your machine: it can stay there,
and reach whatever the machine reaches. Use GitHub's runners for pull requests, or runners that are thrown
away after each job.

Bad:

```yaml
on: pull_request
jobs:
  test:
    runs-on: [self-hosted, linux]
    steps: [{run: make}]
```

Good:

```yaml
on: pull_request
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Job
from mlci.yaml.source import SourceFile

ID = "self-hosted-on-pull-request"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow",)


TRIGGERS = ("pull_request", "pull_request_target")


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    if any(name in workflow.events for name in TRIGGERS):
        for job in workflow.jobs:
            if is_own(job) and "github.event_name" not in job.text("if"):
                said = "code of pull requests runs on a runner of your own"
                help = "let GitHub's own runners do what pull requests start"
                yield Finding(file.mark(job.value("runs-on")), said, ID, SEVERITY, help)


def is_own(job: Job) -> bool:
    """Tell whether a job asks for a self-hosted runner."""
    nodes = job.items("runs-on") + job.inner("runs-on").items("labels")
    return any(node.id == "scalar" and node.value.lower() == "self-hosted" for node in nodes)
