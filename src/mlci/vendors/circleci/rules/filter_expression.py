"""The expression of a filter or condition is not valid.

Such an expression compares pipeline values with `==`, `!=`, `<`, `starts-with` and so on, and joins them by
`and`, `or`, `not` and parentheses; texts are quoted.

Bad:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs:
      - build: {filters: 'pipeline.git.branch = "main"'}
```

Good:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs:
      - build: {filters: 'pipeline.git.branch == "main"'}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.rules.undefined_value import pipeline_parameter, pipeline_value
from mlci.vendors.circleci.syntax.expression import Expression, is_expression, misfits
from mlci.vendors.circleci.syntax.model import Config, read_config
from mlci.vendors.circleci.syntax.plain import plain
from mlci.vendors.circleci.syntax.references import kind_of_value
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, is_text

ID = "circleci-filter-expression"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    config = file.once(read_config)
    for workflow in config.all_workflows():
        for name in ("when", "unless"):
            node = get(workflow.node, name)
            if node is not None and is_expression(plain(node)):
                yield from expression(file, config, node)
        for job in workflow.jobs:
            node = get(job.arguments, "filters")
            if node is not None and is_text(node):
                yield from expression(file, config, node)


def expression(file: SourceFile, config: Config, node: Node) -> Iterator[Finding]:
    wrong = refused(node.value)
    if wrong is not None:
        yield Finding(file.mark(node), wrong[0], ID, SEVERITY, wrong[1])
        return
    read_config = Expression(node.value)
    for name in read_config.names:
        fault = judge(config, name)
        if fault is not None:
            said, known = fault
            yield Finding(file.mark_within(node, name), said, ID, SEVERITY, hint(file, name, known))
    for message in misfits(read_config.tree, lambda name: kind_of_value(config, name)):
        yield Finding(file.mark(node), message, ID, SEVERITY)


def refused(text: str) -> tuple[str, str | None] | None:
    """Say why a text is no expression, and how to mend it."""
    if "<<" in text:
        return (
            "here values are named without << >>",
            "write pipeline.git.branch, not << pipeline.git.branch >>",
        )
    fault = Expression(text).fault
    help = "compare with '=='" if " = " in text else None
    return None if fault is None else (f"not a valid expression: {fault}", help)


def judge(config: Config, name: str) -> tuple[str, list[str]] | None:
    context, _, rest = name.partition(".")
    if context != "pipeline" or not rest:
        return f"unknown value '{name}'; texts are quoted, values begin with 'pipeline.'", [
            "pipeline.git.branch"
        ]
    if rest.startswith("parameters."):
        return pipeline_parameter(config, name)
    return pipeline_value(name, rest)
