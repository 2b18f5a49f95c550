"""`permissions` names a scope or a level that does not exist.

GitHub refuses the file. Each scope is `read`, `write` or `none` (a few have fewer levels); `read-all`,
`write-all` and `{}` stand for all scopes at once.

Bad:

```yaml
on: push
permissions:
  content: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```

Good:

```yaml
on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.form.walk import called
from mlci.vendors.github.syntax.model import absent, keyed
from mlci.vendors.github.syntax.scopes import ALL_SCOPES, SCOPES
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

ID = "github-permissions"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)
SIGNS = ("permissions",)


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    for part in (workflow, *workflow.jobs):
        node = part.value("permissions")
        if node is not None:
            yield from check_node(file, node)


def check_node(file: SourceFile, node: Node) -> Iterator[Finding]:
    if node.id == "scalar":
        if absent(node):
            said = "'permissions' must not be empty; '{}' allows nothing"
            yield Finding(file.mark(node), said, ID, SEVERITY)
        elif node.value not in ALL_SCOPES:
            said = f"'permissions' must be {', '.join(ALL_SCOPES)} or a mapping, not {called(node)}"
            yield Finding(file.mark(node), said, ID, SEVERITY, suggest(node.value, ALL_SCOPES))
    elif node.id == "sequence":
        yield Finding(file.mark(node), "'permissions' must be a mapping, not a list", ID, SEVERITY)
    for name, (key, value) in keyed(node).items():
        yield from check_scope(file, name, key, value)


def check_scope(file: SourceFile, name: str, key: Node, value: Node) -> Iterator[Finding]:
    levels = SCOPES.get(name)
    if levels is None:
        said = f"there is no permission '{name}'; there are {', '.join(SCOPES)}"
        yield Finding(file.mark(key), said, ID, SEVERITY, suggest(name, SCOPES))
    elif value.id != "scalar" or value.value not in levels:
        said = f"'{name}' must be one of {', '.join(levels)}, not {called(value)}"
        hint = suggest(value.value, levels) if value.id == "scalar" else None
        yield Finding(file.mark(value), said, ID, SEVERITY, hint)
