"""A condition of `when` or `unless` is no logic statement.

A condition is a value, or a mapping with exactly one of `and`, `or`, `not`, `equal`, `matches`. A workflow's
`when` holds it directly; a step's stands under `condition`, beside `steps`.

Bad:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    when: {equals: [main, << pipeline.git.branch >>]}
    jobs: [build]
```

Good:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    when: {equal: [main, << pipeline.git.branch >>]}
    jobs: [build]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import read
from mlci.vendors.circleci.syntax.uses import step_uses
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import Entry, entry, get, is_null, items, sequence

ID = "circleci-condition"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")
OPERATORS = ("and", "or", "not", "equal", "matches")


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield what is wrong with each condition."""
    for workflow in file.once(read).workflows:
        for one in items(workflow.node):
            if one.name in ("when", "unless"):
                yield from of_workflow(file, one)
    for use in file.once(step_uses):
        if use.step.name in ("when", "unless"):
            condition = entry(use.step.arguments, "condition")
            if condition is not None:
                yield from statement(file, condition.value, condition.key)


def of_workflow(file: SourceFile, one: Entry) -> Iterator[Finding]:
    """Yield what is wrong with a workflow's condition."""
    extra = entry(one.value, "condition")
    if extra is None:
        yield from statement(file, one.value, one.key)
        return
    said = f"a workflow's '{one.name}' holds its condition directly, without the key 'condition'"
    yield Finding(
        file.mark(extra.key), said, ID, SEVERITY, "drop the key, and indent what is beneath it less"
    )


def statement(file: SourceFile, node: Node, key: Node) -> Iterator[Finding]:
    """Yield what is wrong with one logic statement and those inside it."""
    if node.id == "sequence":
        said = "a list is no condition"
        yield Finding(file.mark(key), said, ID, SEVERITY, "put it under `and:` or `or:`")
    if node.id != "mapping":
        return
    found = items(node)
    if len(found) != 1:
        said = f"a condition has exactly one of {', '.join(OPERATORS)}, this one has {len(found)} keys"
        place = found[1].key if len(found) > 1 else key
        yield Finding(
            file.mark(place), said, ID, SEVERITY, "put several under `and:` or `or:`" if found else None
        )
        return
    yield from operator(file, found[0])


def operator(file: SourceFile, one: Entry) -> Iterator[Finding]:
    """Yield what is wrong with one operator's arguments."""
    if one.name not in OPERATORS:
        said = f"unknown operator '{one.name}'; expected one of {', '.join(OPERATORS)}"
        yield Finding(file.mark(one.key), said, ID, SEVERITY, hint(file, one.name, OPERATORS))
    elif one.name == "not":
        yield from statement(file, one.value, one.key)
    elif one.name == "matches":
        yield from matches(file, one)
    elif one.value.id != "sequence" and not (one.value.id == "scalar" and "<<" in one.value.value):
        yield Finding(file.mark(one.key), f"'{one.name}' takes a list", ID, SEVERITY)
    elif one.value.id == "sequence" and not one.value.value:
        yield Finding(file.mark(one.key), f"'{one.name}' needs at least one value", ID, SEVERITY)
    elif one.name in ("and", "or"):
        for inner in sequence(one.value):
            yield from statement(file, inner, one.key)


def matches(file: SourceFile, one: Entry) -> Iterator[Finding]:
    """Yield what is wrong with `matches`."""
    for name in ("pattern", "value"):
        if is_null(get(one.value, name)):
            yield Finding(file.mark(one.key), f"'matches' needs the key '{name}'", ID, SEVERITY)
    for inner in items(one.value):
        if inner.name not in ("pattern", "value"):
            yield Finding(file.mark(inner.key), f"'matches' has no key '{inner.name}'", ID, SEVERITY)
