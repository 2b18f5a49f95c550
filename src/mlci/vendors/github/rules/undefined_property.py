"""An expression asks for a property that cannot exist.

GitHub puts an empty string in its place without a word. The linter knows the fixed contexts, and from the
workflow itself the inputs, the matrix, the steps that ran before, and the outputs of the jobs that are
needed.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - id: build
        run: make
      - run: echo "${{ steps.biuld.outputs.path }}"
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - id: build
        run: make
      - run: echo "${{ steps.build.outputs.path }}"
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-undefined-property"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "property")
