"""An anchor is defined, but no alias uses it.

Mostly the alias is misspelt, or was deleted.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    env: &variables
      MODEL: model
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
        env: &variables
          MODEL: model
      - run: make test
        env: *variables
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.yaml.source import SourceFile

ID = "github-unused-anchor"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")
SIGNS = ("&",)


def check(file: SourceFile) -> Iterable[Finding]:
    if file.document is None:
        return
    for node in file.document.unused_anchors:
        mark = file.mark(node)._replace(length=len(node.anchor or "") + 1)
        yield Finding(mark, f"no alias uses the anchor '{node.anchor}'", ID, SEVERITY)
