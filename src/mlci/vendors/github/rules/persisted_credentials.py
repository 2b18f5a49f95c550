"""A checkout leaves the token in the workspace.

Until its release 6, `actions/checkout` writes the token into `.git/config`, where each later step can
read it, and from where it leaks with an artifact of the workspace. Say `persist-credentials: false`,
unless a later step pushes.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint.security.secret_in_artifact import WHOLE
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Job
from mlci.vendors.github.syntax.popular import MAJOR
from mlci.yaml.source import SourceFile

ID = "persisted-credentials"
SEVERITY: Severity = "info"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")
SIGNS = ("heckout",)


OUTSIDE = 6
"""The first release that keeps the token outside of the workspace."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each checkout."""
    for job in file.once(model.read_workflow).jobs:
        pushes = any(step.run is not None and "git push" in step.run.value for step in job.steps)
        for step in job.steps:
            if not step.uses.lower().startswith("actions/checkout@") or pushes:
                continue
            found = MAJOR.match(step.release(file.lines).partition("@")[2])
            if found is not None and int(found[1]) >= OUTSIDE:
                continue
            if step.given.value("persist-credentials") is None:
                leaks = uploads_all(job)
                said = "the token stays in .git/config" + (
                    ", and is uploaded with the workspace" if leaks else ""
                )
                help = "add 'persist-credentials: false'"
                yield Finding(file.mark(step.value("uses")), said, ID, "warning" if leaks else SEVERITY, help)


def uploads_all(job: Job) -> bool:
    return any(
        step.uses.lower().startswith("actions/upload-artifact@")
        and step.given.text("path").strip() in (*WHOLE, "${{ github.workspace }}")
        for step in job.steps
    )
