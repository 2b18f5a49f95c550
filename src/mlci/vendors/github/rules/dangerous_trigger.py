"""Strangers start a workflow that has the repository's secrets.

`pull_request_target` and `workflow_run` run with secrets and a token that may write, caused by a pull
request from any fork. That is safe only while nothing of the pull request is run or trusted; checking out
its head and running anything of it, be it `make` or an install, hands everything over. Use
`pull_request`.

Bad:

```yaml
on: pull_request_target
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: make
```

Good:

```yaml
on: pull_request
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Job, Step, texts
from mlci.yaml.source import SourceFile

ID = "dangerous-trigger"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow",)
SIGNS = ("pull_request_target", "workflow_run")


TRIGGERS = ("pull_request_target", "workflow_run")
HEADS = ("head.sha", "head.ref", "head_ref", "head_sha", "head_branch", "head_commit", "/merge")
"""Parts of expressions and refs that mean a pull request's own code."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each dangerous event, and at what is checked out."""
    workflow = file.once(model.read_workflow)
    dangerous = [name for name in TRIGGERS if name in workflow.events]
    if not dangerous:
        return
    unsafe = [node for job in workflow.jobs for node in checkouts(job)]
    for step in unsafe:
        said = f"code of a pull request is checked out where '{dangerous[0]}' has the repository's secrets"
        yield Finding(
            file.mark(step.value("uses")), said, ID, "error", "use 'pull_request' for what runs such code"
        )
    for name in () if unsafe else dangerous:
        key, node = workflow.events[name]
        kinds = set(texts(model.Part(node).items("types")))
        if (
            kinds
            and kinds <= {"closed", "labeled", "unlabeled", "assigned", "opened"}
            and not runs(workflow.jobs)
        ):
            continue
        said = f"'{name}' runs with the repository's secrets, whoever causes it"
        yield Finding(
            file.mark(key), said, ID, SEVERITY, "never run or trust anything of the pull request here"
        )


def checkouts(job: Job) -> Iterator[Step]:
    """Yield the steps that check a pull request's code out."""
    for step in job.steps:
        if step.uses.lower().startswith("actions/checkout@"):
            given = step.given.text("ref") + step.given.text("repository")
            if any(head in given for head in HEADS) and "base" not in given:
                yield step


def runs(jobs: Iterable[Job]) -> bool:
    return any(step.run is not None for job in jobs for step in job.steps)
