"""A pattern of branches, tags or paths can match nothing, or is no pattern.

These are globs, no regular expressions: `*` and `**` match anything, `?` and `+` repeat the character
before them, `[a-z]` is one of several, `!` in front takes matches out. Names of branches hold no spaces,
`^`, `~` or `:`.

Bad:

```yaml
on:
  push:
    branches: ['^release-']
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```

Good:

```yaml
on:
  push:
    branches: ['release-*']
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import globs, model
from mlci.vendors.github.syntax.events import EVENTS, EXCLUSIVE
from mlci.vendors.github.syntax.model import keyed, listed
from mlci.yaml.document import Node
from mlci.yaml.places import within
from mlci.yaml.source import SourceFile

ID = "github-glob"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)
SIGNS = ("branches", "tags", "paths")


REFS = tuple(name for pair in EXCLUSIVE[:2] for name in pair)
PATHS = EXCLUSIVE[2]


def check(file: SourceFile) -> Iterable[Finding]:
    for name, (_, node) in file.once(model.read_workflow).events.items():
        for key, (_, value) in keyed(node).items():
            if name in EVENTS and key in EVENTS[name].filters and key in (*REFS, *PATHS):
                yield from check_list(file, key, listed(value))


def check_list(file: SourceFile, key: str, items: list[Node]) -> Iterator[Finding]:
    """Look at the patterns of one filter."""
    for node in items:
        if node.id != "scalar" or "${{" in node.value or not node.value:
            continue
        for fault in globs.check(node.value, ref=key in REFS):
            mark = within(file.name, file.lines, node, fault.at)
            yield Finding(mark, f"'{node.value}' in '{key}': {fault.message}", ID, SEVERITY)
    if (
        items
        and all(one.id == "scalar" and one.value.startswith("!") for one in items)
        and "ignore" not in key
    ):
        said = f"'{key}' only takes patterns out, so nothing is left to match"
        yield Finding(file.mark(items[0]), said, ID, "warning", "put '**' before them")
