"""The tasks of a batch build do not fit together.

A task depends on one that does not exist, they wait for each other in a circle, two have the same
identifier, or there is more than one kind of batch.

Bad:

```yaml
# buildspec.yml
version: 0.2
batch:
  build-graph:
    - {identifier: compile}
    - {identifier: check, depend-on: [complie]}
```

Good:

```yaml
# buildspec.yml
version: 0.2
batch:
  build-graph:
    - {identifier: compile}
    - {identifier: check, depend-on: [compile]}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.graph import circles, path
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, sequence, text, words

ID = "codebuild-batch"
SEVERITY: Severity = "error"
KINDS = ("codebuild",)


def check(file: SourceFile) -> Iterator[Finding]:
    batch = get(file.root_node, "batch")
    for one in [one for one in items(batch) if one.name.startswith("build-")][1:]:
        said = "a batch is of one kind; there is another one already"
        yield Finding(file.mark(one.key), said, ID, SEVERITY)
    for kind in ("build-list", "build-graph"):
        yield from of_tasks(file, sequence(get(batch, kind)))


def of_tasks(file: SourceFile, tasks: list[Node]) -> Iterator[Finding]:
    """Yield what is wrong between some tasks."""
    edges: dict[str, list[tuple[str, Node]]] = {}
    for task in tasks:
        identifier = get(task, "identifier")
        name = text(identifier)
        if name is None or identifier is None:
            continue
        if name in edges:
            yield Finding(file.mark(identifier), f"there is a task '{name}' already", ID, SEVERITY)
        edges.setdefault(name, []).extend((node.value, node) for node in words(get(task, "depend-on")))
    for name, needed in edges.items():
        for other, node in needed:
            if other not in edges:
                said = f"'{name}' depends on '{other}', which is no task"
                yield Finding(file.mark(node), said, ID, SEVERITY, hint(file, other, edges))
    for circle, node in circles(edges):
        said = f"the tasks wait for each other: {path(circle)}"
        yield Finding(file.mark(node), said, ID, SEVERITY)
