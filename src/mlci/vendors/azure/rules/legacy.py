"""A key of the first YAML pipelines, which has a newer form.

`phases` are `jobs`, `phase` is `job`, `queue` is `pool`, and `server` is `pool: server`; a list under
`resources` is a mapping with `repositories`.

Bad:

```yaml
# azure-pipelines.yml
queue: {name: myPool}
steps: [{script: make}]
```

Good:

```yaml
# azure-pipelines.yml
pool: {name: myPool}
steps: [{script: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.azure.syntax.model import groups
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import items

ID = "azure-legacy"
SEVERITY: Severity = "info"
KINDS = ("azure",)
NEWER = {
    "phases": "call it `jobs`",
    "phase": "call it `job`",
    "queue": "call it `pool`, with timeouts and the strategy beside it",
    "server": "write `pool: server`, with timeouts and the strategy beside it",
}


def check(file: SourceFile) -> Iterator[Finding]:
    for node in [file.root_node, *(unit.node for group in file.once(groups) for unit in group.units)]:
        yield from of_mapping(file, node)


def of_mapping(file: SourceFile, node: Node | None) -> Iterator[Finding]:
    for one in items(node):
        if one.name in NEWER:
            yield Finding(file.mark(one.key), f"'{one.name}' is legacy syntax", ID, SEVERITY, NEWER[one.name])
        elif one.name == "resources" and one.value.id == "sequence":
            said = "a list under 'resources' is legacy syntax"
            yield Finding(file.mark(one.key), said, ID, SEVERITY, "use `repositories:` beneath it")
