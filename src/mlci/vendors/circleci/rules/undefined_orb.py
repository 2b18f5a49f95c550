"""Something is taken from an orb that is not imported, or that the orb does not have.

CircleCI refuses the configuration.

Bad:

```yaml
version: 2.1
orbs:
  node: circleci/node@5.2.0
jobs:
  build: {executor: python/default, steps: [checkout]}
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
orbs:
  node: circleci/node@5.2.0
jobs:
  build: {executor: node/default, steps: [checkout]}
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.rules.undefined import severity
from mlci.vendors.circleci.syntax.model import Part, Scope, read_config
from mlci.vendors.circleci.syntax.uses import executor_uses, fault, known, step_uses
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get

ID = "circleci-undefined-orb"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")


def check(file: SourceFile) -> Iterator[Finding]:
    for part, key, scope in uses(file):
        name = str(key.value)
        said = fault(scope, part, name) if "/" in name and "<<" not in name else None
        if said is not None:
            orb = name.partition("/")[0]
            imported = scope.orb(orb) is not None
            near = hint(file, name, known(scope, part, name)) if imported else hint(file, orb, scope.orbs)
            yield Finding(file.mark(key), said, ID, SEVERITY if imported else severity(file), near)


def uses(file: SourceFile) -> Iterator[tuple[Part, Node, Scope]]:
    """Yield every name that may be an orb's, with what it should be and its scope."""
    config = file.once(read_config)
    for workflow in config.all_workflows():
        for job in workflow.jobs:
            if not job.approval:
                yield "job", job.key, config.scope
            other = get(job.arguments, "override-with")
            if other is not None and config.scope.orb(str(other.value).partition("/")[0]) is None:
                yield "job", other, config.scope
    for use in file.once(step_uses):
        if use.step.key.id == "scalar":
            yield "command", use.step.key, use.scope
    for executor in file.once(executor_uses):
        yield "executor", executor.key, executor.scope
