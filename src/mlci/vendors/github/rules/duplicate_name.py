"""Two names of a workflow differ by case alone.

GitHub ignores case in the names of jobs, variables, inputs and matrix rows: the two are one, and it
refuses the file or drops one of them.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
  TEST:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
  docs:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-duplicate-name"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "duplicate-name")
