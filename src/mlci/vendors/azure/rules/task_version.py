"""A task is named without its version, or in a form that cannot be one.

`task:` takes the task's name, `@` and its major version. Azure refuses the pipeline otherwise.

Bad:

```yaml
# azure-pipelines.yml
steps:
  - task: UsePythonVersion
    inputs: {versionSpec: "3.12"}
```

Good:

```yaml
# azure-pipelines.yml
steps:
  - task: UsePythonVersion@0
    inputs: {versionSpec: "3.12"}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.azure.syntax.model import steps
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, text

ID = "azure-task-version"
SEVERITY: Severity = "error"
KINDS = ("azure",)
TASK = re.compile(r"[\w.{}-]+@\d+(\.\d+){0,2}|.*\$.*", re.DOTALL)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every task without a version."""
    for step in steps(file):
        task = get(step, "task")
        name = text(task)
        if task is not None and name is not None and not TASK.fullmatch(name):
            yield Finding(
                file.mark(task), f"'{name[:60]}' is no task with a version", ID, SEVERITY, "write Name@1"
            )
