"""A key has no value where GitHub wants one.

Mostly what follows is not indented enough, or was deleted. GitHub refuses most such files; of those it
takes (an empty `env`, an empty script) the finding is milder.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
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

ID = "github-empty-value"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "empty-value")
