"""Two stages, or two jobs side by side, have the same name.

Azure refuses the pipeline; names differ by more than case.

Bad:

```yaml
# azure-pipelines.yml
jobs:
  - job: check
    steps: [{script: make}]
  - job: Check
    steps: [{script: make check}]
```

Good:

```yaml
# azure-pipelines.yml
jobs:
  - job: build
    steps: [{script: make}]
  - job: check
    steps: [{script: make check}]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.azure.syntax.model import groups
from mlci.yaml.source import SourceFile

ID = "azure-duplicate-name"
SEVERITY: Severity = "error"
KINDS = ("azure",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every name that stands a second time."""
    for group in file.once(groups):
        met: dict[str, int] = {}
        for unit in group.units:
            if unit.name is None or "$" in unit.name:
                continue
            first = met.setdefault(unit.name.lower(), file.mark(unit.key).line)
            if first != file.mark(unit.key).line:
                said = f"a {unit.kind} '{unit.name}' stands on line {first} already"
                yield Finding(file.mark(unit.key), said, ID, SEVERITY, "give each a name of its own")
