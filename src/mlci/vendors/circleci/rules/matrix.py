"""A matrix excludes what it does not have.

Each entry of `exclude` gives values of the matrix's parameters; one that names another parameter, or a value
the parameter never takes, excludes nothing.

Bad:

```yaml
version: 2.1
jobs:
  test:
    parameters: {python: {type: string}}
    docker: [{image: "cimg/python:<< parameters.python >>"}]
    steps: [checkout]
workflows:
  main:
    jobs:
      - test:
          matrix:
            parameters: {python: ["3.11", "3.12"]}
            exclude: [{python: "3.10"}]
```

Good:

```yaml
version: 2.1
jobs:
  test:
    parameters: {python: {type: string}}
    docker: [{image: "cimg/python:<< parameters.python >>"}]
    steps: [checkout]
workflows:
  main:
    jobs:
      - test:
          matrix:
            parameters: {python: ["3.11", "3.12"]}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import JobUse, read_config
from mlci.vendors.circleci.syntax.names import axis
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, sequence, text

ID = "circleci-matrix"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    for workflow in file.once(read_config).all_workflows():
        for job in workflow.jobs:
            yield from exclusions(file, job)


def exclusions(file: SourceFile, job: JobUse) -> Iterator[Finding]:
    axes = {one.name: axis(one.value) for one in job.matrix()}
    for excluded in sequence(get(job.arguments, "matrix", "exclude")):
        for one in items(excluded):
            if one.name not in axes:
                said = f"the matrix has no parameter '{one.name}' to exclude"
                yield Finding(file.mark(one.key), said, ID, SEVERITY, hint(file, one.name, axes))
                continue
            values, value = axes[one.name], text(one.value)
            if values is not None and value is not None and "<<" not in value and value not in values:
                said = f"'{one.name}' is never '{value}', so this excludes nothing"
                yield Finding(
                    file.mark(one.value), said, ID, "warning", f"its values are {', '.join(values[:12])}"
                )
