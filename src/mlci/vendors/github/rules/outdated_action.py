"""A step uses a release of an action that GitHub no longer runs.

Its releases run on Node 12 or 16, which the runners have dropped, or talk to a service that was switched
off (the artifacts of v3, the caches of v2 and before). A newer release of the same action works.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/upload-artifact@v3
        with: {path: dist}
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with: {path: dist}
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.popular import FIRST_THAT_RUNS, MAJOR
from mlci.yaml.source import SourceFile

ID = "github-outdated-action"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at the release each step uses."""
    for job in file.once(model.read_workflow).jobs:
        for step in job.steps:
            name, _, ref = step.uses.partition("@")
            first = FIRST_THAT_RUNS.get(name.lower())
            found = MAJOR.match(ref)
            if first is not None and found is not None and int(found[1]) < first:
                said = f"GitHub's runners no longer run '{step.uses}'"
                node = step.value("uses")
                # One that is merely old may still work on a runner of one's own.
                yield Finding(file.mark(node), said, ID, "warning", f"use v{first} or newer")
