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
from mlci.vendors.circleci.syntax.boolean import Parser
from mlci.vendors.circleci.syntax.model import Config, read
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, is_text

ID = "circleci-filter-expression"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield what is wrong with each expression."""
    config = file.once(read)
    for workflow in config.all_workflows():
        for name in ("when", "unless"):
            node = get(workflow.node, name)
            if (
                node is not None
                and is_text(node)
                and node.value.strip().startswith(("pipeline.", "not ", "("))
            ):
                yield from expression(file, config, node)
        for job in workflow.jobs:
            node = get(job.arguments, "filters")
            if node is not None and is_text(node):
                yield from expression(file, config, node)


def expression(file: SourceFile, config: Config, node: Node) -> Iterator[Finding]:
    """Yield what is wrong with one expression."""
    if "<<" in node.value:
        said = "here values are named without << >>"
        yield Finding(
            file.mark(node), said, ID, SEVERITY, "write pipeline.git.branch, not << pipeline.git.branch >>"
        )
        return
    parsed = Parser(node.value)
    if parsed.fault is not None:
        help = "compare with '=='" if " = " in node.value else None
        yield Finding(file.mark(node), f"not a valid expression: {parsed.fault.message}", ID, SEVERITY, help)
        return
    for token in parsed.names:
        fault = judge(config, token.text)
        if fault is not None:
            said, known = fault
            help = hint(file, token.text, known)
            yield Finding(file.mark_within(node, token.text), said, ID, SEVERITY, help)


def judge(config: Config, name: str) -> tuple[str, list[str]] | None:
    """Say what is wrong with a name in an expression."""
    context, _, rest = name.partition(".")
    if context != "pipeline" or not rest:
        return f"unknown value '{name}'; texts are quoted, values begin with 'pipeline.'", [
            "pipeline.git.branch"
        ]
    if rest.startswith("parameters."):
        return pipeline_parameter(config, name)
    return pipeline_value(name, rest)
