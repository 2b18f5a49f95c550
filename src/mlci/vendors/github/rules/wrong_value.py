"""A value is none of those its key takes, or out of their range.

GitHub refuses the file, or fails when it comes to the key.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 0
    steps:
      - run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-wrong-value"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "wrong-value")
