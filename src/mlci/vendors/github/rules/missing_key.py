"""A key GitHub requires is missing.

Without it GitHub refuses the whole file: a job needs `runs-on` and `steps` (or `uses`), a step `run` or
`uses`, a workflow `on` and `jobs`, an action `name`, `description` and `runs`.

Bad:

```yaml
on: push
jobs:
  test:
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
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-missing-key"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "missing-key")
