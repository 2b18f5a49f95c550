"""A job or parameter names an executor that is not defined.

CircleCI refuses the configuration.

Bad:

```yaml
version: 2.1
executors:
  python: {docker: [{image: "cimg/python:3.11"}]}
jobs:
  build: {executor: pyhton, steps: [checkout]}
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
executors:
  python: {docker: [{image: "cimg/python:3.11"}]}
jobs:
  build: {executor: python, steps: [checkout]}
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.rules.undefined import unknown
from mlci.vendors.circleci.syntax.uses import executor_uses
from mlci.yaml.source import SourceFile

ID = "circleci-undefined-executor"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")


def check(file: SourceFile) -> Iterator[Finding]:
    return unknown(file, ID, "executor", ((use.scope, use.key) for use in file.once(executor_uses)))
