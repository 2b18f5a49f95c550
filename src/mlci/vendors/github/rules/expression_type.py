"""The types in an expression do not fit together, or its value does not fit its key.

An object or array becomes the useless text `Object` or `Array`; comparing an object with a string is
always false; a number asked of text fails when the job starts.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: echo '${{ github.event }}'
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "$EVENT"
        env:
          EVENT: ${{ toJSON(github.event) }}
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-expression-type"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "type")
