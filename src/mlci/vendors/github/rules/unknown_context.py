"""An expression uses a context that does not exist, or not at this key.

What a key may use is in GitHub's table of context availability: `env` and `runner`, say, are not known
before the job's runner starts, and `secrets` not in an `if`. GitHub refuses the file.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    env:
      CACHE: ${{ runner.temp }}
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
        env:
          CACHE: ${{ runner.temp }}
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import share
from mlci.yaml.source import SourceFile

ID = "github-unknown-context"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Take this rule's share of what the walk over the file found."""
    return share(file, ID, SEVERITY, "context", "unknown-context")
