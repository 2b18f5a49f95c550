"""A function does not exist, is not available at this key, or is called the wrong way.

GitHub refuses the file. `success()`, `failure()`, `always()` and `cancelled()` exist only in `if`,
`hashFiles()` only in a job's steps; `format` must use each of its arguments, and the JSON given to
`fromJSON` must be JSON.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make
        if: startWith(github.ref, 'refs/tags/')
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make
        if: startsWith(github.ref, 'refs/tags/')
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-function"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "function")
