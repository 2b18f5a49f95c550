"""The configuration uses what its version does not have.

Commands, executors, orbs, parameters and expressions came with `version: 2.1`; in version 2 they are ignored
or refused.

Bad:

```yaml
version: 2
orbs: {node: circleci/node@5.2.0}
jobs:
  build: {executor: node/default, steps: [checkout]}
```

Good:

```yaml
version: 2.1
orbs: {node: circleci/node@5.2.0}
jobs:
  build: {executor: node/default, steps: [checkout]}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import read_config
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import entry

ID = "circleci-version"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    config = file.once(read_config)
    if config.reusable:
        return
    for name in ("orbs", "commands", "executors", "parameters", "setup"):
        found = entry(file.root_node, name)
        if found is not None:
            said = f"'{name}' needs version 2.1, this is version {config.version}"
            yield Finding(file.mark(found.key), said, ID, SEVERITY, "write `version: 2.1`")
