"""A key GitHub does not know stands in a workflow or an action.

GitHub refuses the whole file, so nothing runs. Mostly the key is misspelt, or stands one level too high
or too deep. Keys are case-sensitive, and merge keys (`<<`) are not supported.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    default:
      run: {shell: bash}
    steps:
      - run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    defaults:
      run: {shell: bash}
    steps:
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-unknown-key"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "unknown-key")
