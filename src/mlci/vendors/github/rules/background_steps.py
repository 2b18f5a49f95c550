"""A step waits for, or cancels, a step that does not run in the background.

`wait` and `cancel` name the ids of earlier steps of the same job that have `background: true`. GitHub
refuses the file.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - id: server
        run: make serve
      - run: make test
      - cancel: server
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - id: server
        run: make serve
        background: true
      - run: make test
      - cancel: server
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Job
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "github-background-step"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)
SIGNS = ("wait", "cancel")


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each step that waits or cancels."""
    for job in file.once(model.read_workflow).jobs:
        yield from check_job(file, job)


def check_job(file: SourceFile, job: Job) -> Iterator[Finding]:
    """Compare names with the steps that came before."""
    running: set[str] = set()
    every = {step.text("id") for step in job.steps}
    for step in job.steps:
        for key in ("wait", "cancel"):
            for node in step.items(key):
                if node.id == "scalar" and node.value not in running and "${{" not in node.value:
                    there = node.value in every
                    why = "does not run in the background before it" if there else "does not exist"
                    said = f"'{key}' names the step '{node.value}', which {why}"
                    yield Finding(file.mark(node), said, ID, SEVERITY, hint(file, node.value, running))
        if step.text("background") == "true" and step.text("id"):
            running.add(step.text("id"))
