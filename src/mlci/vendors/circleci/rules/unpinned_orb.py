"""An orb is imported at a version that can change.

`volatile` is whatever was published last, a `dev:` version can be overwritten and vanishes after 90 days,
and a version with fewer than three numbers moves with each release. The orb's code runs with the job's
secrets.

Bad:

```yaml
version: 2.1
orbs:
  python: circleci/python@volatile
jobs:
  build:
    docker:
      - image: cimg/base:2025.01
    steps: [checkout]
```

Good:

```yaml
version: 2.1
orbs:
  python: circleci/python@2.1.1
jobs:
  build:
    docker:
      - image: cimg/base:2025.01
    steps: [checkout]
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items

ID = "unpinned-orb"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("circleci", "circleci-orb")
SIGNS = ("@",)


def check(file: SourceFile) -> Iterable[Finding]:
    for orb in items(get(file.root_node, "orbs")):
        if orb.value.id != "scalar" or "@" not in orb.value.value or "<<" in orb.value.value:
            continue
        version = orb.value.value.rpartition("@")[2]
        if version == "volatile":
            said, severity = f"the orb '{orb.name}' is whatever was published last", SEVERITY
        elif version.startswith("dev:"):
            said, severity = (
                f"the orb '{orb.name}' is a development version, which can be overwritten",
                SEVERITY,
            )
        elif version.count(".") < 2:
            said, severity = f"the orb '{orb.name}' moves with each release of {version}", "info"
        else:
            continue
        yield Finding(file.mark(orb.value), said, ID, severity, "give all three numbers of a release")
