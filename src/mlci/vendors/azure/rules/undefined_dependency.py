"""A stage or job depends on one that does not exist beside it, or they wait for each other in a circle.

Azure refuses the pipeline. Lists that templates or expressions add to are let be.

Bad:

```yaml
# azure-pipelines.yml
jobs:
  - job: build
    steps: [{script: make}]
  - job: check
    dependsOn: biuld
    steps: [{script: make check}]
```

Good:

```yaml
# azure-pipelines.yml
jobs:
  - job: build
    steps: [{script: make}]
  - job: check
    dependsOn: build
    steps: [{script: make check}]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.graph import circles, path
from mlci.vendors.azure.syntax.model import Group, groups
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "azure-undefined-dependency"
SEVERITY: Severity = "error"
KINDS = ("azure",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every dependency that means nothing, and every circle."""
    for group in file.once(groups):
        known = dict.fromkeys(unit.name for unit in group.units if unit.name is not None)
        for unit in group.units:
            for node in unit.waits_for():
                if node.value not in known and not group.open:
                    said = f"'{unit.name}' depends on '{node.value}', which is no {unit.kind} beside it"
                    yield Finding(file.mark(node), said, ID, SEVERITY, hint(file, node.value, known))
        for circle, node in circles(edges(group)):
            said = f"they wait for each other: {path(circle)}"
            yield Finding(file.mark(node), said, ID, SEVERITY)


def edges(group: Group) -> dict[str, list[tuple[str, Node]]]:
    return {
        unit.name: [(node.value, node) for node in unit.waits_for()]
        for unit in group.units
        if unit.name is not None
    }
