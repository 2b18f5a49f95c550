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
from mlci.vendors.circleci.syntax.model import Orb, Part, Scope, read
from mlci.vendors.circleci.syntax.uses import executor_uses, lacking, step_uses
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
        missing = lacking(scope, part, name) if "/" in name and "<<" not in name else None
        if isinstance(missing, Orb):
            inside = missing.known
            known = [] if inside is None else [f"{missing.name}/{one}" for one in inside.of(part)]
            said = f"the orb '{missing.name}' has no {part} '{name.partition('/')[2]}'"
            yield Finding(file.mark(key), said, ID, SEVERITY, hint(file, name, known))
        elif missing:
            said = f"the orb '{missing}' is not imported"
            yield Finding(file.mark(key), said, ID, severity(file), hint(file, missing, scope.orbs))


def uses(file: SourceFile) -> Iterator[tuple[Part, Node, Scope]]:
    """Yield every name that may be an orb's, with what it should be and its scope."""
    config = file.once(read)
    for workflow in config.all_workflows():
        for job in workflow.jobs:
            if not job.approval:
                yield "job", job.key, config.scope
            other = get(job.arguments, "override-with")
            if other is not None and isinstance(lacking(config.scope, "job", str(other.value)), str):
                yield "job", other, config.scope
    for use in file.once(step_uses):
        if use.step.key.id == "scalar":
            yield "command", use.step.key, use.scope
    for executor in file.once(executor_uses):
        yield "executor", executor.key, executor.scope
