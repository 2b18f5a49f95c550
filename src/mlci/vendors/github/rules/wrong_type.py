"""A value is of a kind its key does not take: text where a number is wanted, a list where a mapping is.

GitHub refuses the file. YAML 1.2 knows only `true` and `false` as booleans: `yes`, `on` and `off` are
text.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: two
    steps:
      - run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 2
    steps:
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-wrong-type"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "wrong-type")
