"""The id of a job or step is no name GitHub takes, or two steps of a job have the same.

An id starts with a letter or `_` and holds letters, digits, `-` and `_` only; case does not count. GitHub
refuses the file.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - id: my step
        run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - id: my-step
        run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Job
from mlci.yaml.document import Node
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "github-id"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")

PATTERN = lazy(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    for job in workflow.jobs:
        if not workflow.is_action and not PATTERN.match(job.id):
            yield Finding(file.mark(job.key), f"'{job.id}' is no id for a job", ID, SEVERITY, FORM)
        yield from check_steps(file, job, "warning" if workflow.is_action else SEVERITY)


FORM = "an id starts with a letter or '_' and holds only letters, digits, '-' and '_'"


def check_steps(file: SourceFile, job: Job, repeated: Severity) -> Iterator[Finding]:
    """Look at the ids of a job's steps; `repeated` is how bad it is that one stands twice."""
    seen: dict[str, Node] = {}
    for step in job.steps:
        node = step.value("id")
        if node is None or node.id != "scalar" or not node.value or "${{" in node.value:
            continue
        if not PATTERN.match(node.value):
            yield Finding(file.mark(node), f"'{node.value}' is no id for a step", ID, SEVERITY, FORM)
        first = seen.setdefault(node.value.lower(), node)
        if first is not node:
            said = f"the id '{node.value}' is that of the step on line {first.line + 1}, too"
            yield Finding(file.mark(node), said, ID, repeated)
