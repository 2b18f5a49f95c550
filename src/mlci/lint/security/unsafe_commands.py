"""Workflow commands that GitHub switched off for safety are switched on again.

With `ACTIONS_ALLOW_UNSECURE_COMMANDS` whatever a step prints can set variables and paths of later steps:
printing a stranger's text is enough to run code. Write to `$GITHUB_ENV` and `$GITHUB_PATH` instead.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    env:
      ACTIONS_ALLOW_UNSECURE_COMMANDS: true
    steps:
      - run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.yaml.source import SourceFile

ID = "unsafe-commands"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


NAME = "ACTIONS_ALLOW_UNSECURE_COMMANDS"
SIGNS = (NAME,)


def check(file: SourceFile) -> Iterable[Finding]:
    view = file.once(jobs.view)
    for one in (*view.env, *(one for job in view.jobs for one in job.env)):
        if one.name == NAME and one.value.value.lower() == "true":
            said = f"'{NAME}' lets printed text set variables"
            yield Finding(one.value.place, said, ID, SEVERITY, "drop it, and write to $GITHUB_ENV")
