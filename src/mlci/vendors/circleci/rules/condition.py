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
from mlci.vendors.circleci.syntax.model import read_config
from mlci.vendors.circleci.syntax.piece import Placed
from mlci.vendors.circleci.syntax.statement import OPERATORS, Statement
from mlci.vendors.circleci.syntax.uses import step_uses
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import Entry, entry, items

ID = "circleci-condition"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")


def check(file: SourceFile) -> Iterator[Finding]:
    for workflow in file.once(read_config).workflows:
        for one in items(workflow.node):
            if one.name in ("when", "unless"):
                yield from of_workflow(file, one)
    for use in file.once(step_uses):
        if use.step.name in ("when", "unless"):
            condition = entry(use.step.arguments, "condition")
            if condition is not None:
                yield from statement(file, condition)


def of_workflow(file: SourceFile, one: Entry) -> Iterator[Finding]:
    extra = entry(one.value, "condition")
    if extra is None:
        yield from statement(file, one)
        return
    said = f"a workflow's '{one.name}' holds its condition directly, without the key 'condition'"
    yield Finding(
        file.mark(extra.key), said, ID, SEVERITY, "drop the key, and indent what is beneath it less"
    )


def statement(file: SourceFile, one: Entry) -> Iterator[Finding]:
    """Yield what is wrong with one logic statement and those inside it."""
    for fault in Statement(Placed(one.value, one.key)).faults:
        help = hint(file, fault.unknown, OPERATORS) if fault.unknown else fault.help
        yield Finding(file.mark(getattr(fault.at, "key", one.key)), fault.message, ID, SEVERITY, help)
