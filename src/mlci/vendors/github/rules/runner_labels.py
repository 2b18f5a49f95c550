"""`runs-on` asks for a runner that nobody offers, or for one that cannot exist.

A job whose labels no runner has waits for a day and is dropped. Labels of GitHub's own runners that are
retired, and words near to one, are told; a label of your own needs `self-hosted` beside it to be told
apart. All labels of a list must fit one runner: to run on several systems, use a matrix.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: linux-latest
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
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.labels import choices
from mlci.vendors.github.syntax.runners import HOSTED, RETIRED, SELF_HOSTED, system
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

ID = "github-runner-label"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow",)


KNOWN = (*HOSTED, *SELF_HOSTED)


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    for job in () if workflow.is_action else workflow.jobs:
        for labels in choices(job):
            yield from check_labels(file, labels)


def check_labels(file: SourceFile, labels: list[Node]) -> Iterator[Finding]:
    """Look at labels that one runner must have all of."""
    own = any(node.value.lower() == "self-hosted" for node in labels)
    systems: dict[str, Node] = {}
    for node in labels:
        name = node.value.lower()
        if not own and name not in KNOWN:
            yield unknown(file, node, name)
        meant = system(name)
        if meant is not None and systems.setdefault(meant, node) is node and len(systems) > 1:
            other = next(iter(systems.values()))
            said = f"no runner is both '{other.value}' and '{node.value}'"
            yield Finding(file.mark(node), said, ID, "error", "to run on each, use a matrix")


def unknown(file: SourceFile, node: Node, name: str) -> Finding:
    if name in RETIRED:
        said = f"GitHub has retired the runner '{node.value}'; a job that asks for it is never started"
        return Finding(file.mark(node), said, ID, SEVERITY, f"use {newer(name)}")
    near = suggest(name, KNOWN)
    likely = near is not None or system(name) is not None
    said = f"GitHub has no runner '{node.value}'"
    help = near or "for a runner of your own, write [self-hosted, …]"
    return Finding(file.mark(node), said, ID, SEVERITY if likely else "info", help)


def newer(name: str) -> str:
    return f"'{name.partition('-')[0]}-latest', or another of GitHub's list"
