"""A matrix holds a value twice, or excludes what it does not hold.

A value given twice runs the same job twice. An `exclude` that matches nothing leaves the combination in
that it was to keep out; one with an unknown key makes GitHub refuse the file.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        python: ['3.11', '3.12', '3.12']
        exclude:
          - python: '3.10'
    steps:
      - run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        python: ['3.10', '3.11', '3.12']
        exclude:
          - python: '3.10'
    steps:
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import keyed
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "github-matrix"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow",)
SIGNS = ("matrix",)


MAX_VALUES = 512
"""A matrix makes at most 256 jobs; more values than this are not compared."""


def check(file: SourceFile) -> Iterable[Finding]:
    for job in file.once(model.read_workflow).jobs:
        entries = keyed(job.inner("strategy").value("matrix"))
        rows = {name: pair[1] for name, pair in entries.items() if name not in ("include", "exclude")}
        for name, row in rows.items():
            yield from check_row(file, name, row)
        if "exclude" in entries:
            yield from check_exclude(file, rows, entries["exclude"][1])


def check_row(file: SourceFile, name: str, row: Node) -> Iterator[Finding]:
    if row.id != "sequence" or len(row.value) > MAX_VALUES:
        return
    seen: dict[object, Node] = {}
    for node in row.value:
        value = plain(node)
        if value is None:
            continue
        first = seen.setdefault(value, node)
        if first is not node:
            mark = file.mark(first)
            said = f"the matrix holds {shown(node)} twice in '{name}', first at {mark.line}:{mark.column}"
            yield Finding(file.mark(node), said, ID, SEVERITY)


def check_exclude(file: SourceFile, rows: dict[str, Node], node: Node) -> Iterator[Finding]:
    if node.id != "sequence" or any("${{" in name for name in rows):
        return
    by_name = {name.lower(): row for name, row in rows.items()}
    for item in node.value[:MAX_VALUES]:
        for name, (key, value) in keyed(item).items():
            row = by_name.get(name.lower())
            if row is None:
                there = ", ".join(rows) or "none"
                said = f"'{name}' is excluded, but the matrix has no such row; it has {there}"
                yield Finding(file.mark(key), said, ID, "error", hint(file, name, rows))
            elif not any(covers(value, one) for one in values(row)):
                said = f"{shown(value)} is excluded, but '{name}' does not hold it"
                yield Finding(file.mark(value), said, ID, SEVERITY)


def values(row: Node) -> list[Node]:
    """Return a row's values; the row itself when they are not written out."""
    return list(row.value[:MAX_VALUES]) if row.id == "sequence" else [row]


def covers(wanted: Node, value: Node, depth: int = 0) -> bool:
    """Tell whether an excluded value fits one of the matrix; what is computed may be anything."""
    if depth > 20 or has_expression(wanted) or has_expression(value):
        return True
    if wanted.id == "mapping" and value.id == "mapping":
        there = keyed(value)
        pairs = keyed(wanted).items()
        return all(name in there and covers(one, there[name][1], depth + 1) for name, (_, one) in pairs)
    return plain(wanted) == plain(value)


def has_expression(node: Node) -> bool:
    return node.id == "scalar" and "${{" in node.value


def plain(node: Node, depth: int = 0) -> object:
    """Return a value to compare; None when it is computed."""
    if node.id == "scalar":
        return None if "${{" in node.value else node.value
    if depth > 20:
        return None
    if node.id == "sequence":
        return ("list", *(plain(one, depth + 1) for one in node.value))
    return ("map", *sorted((name, str(plain(one, depth + 1))) for name, (_, one) in keyed(node).items()))


def shown(node: Node) -> str:
    """Write a value down for a message."""
    return f"'{node.value[:40]}'" if node.id == "scalar" else "this value"
