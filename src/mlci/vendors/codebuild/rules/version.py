"""The buildspec is of version 0.1, which runs each command in a shell of its own.

A variable or a change of folder does not last until the next command. Version 0.2 is the one AWS recommends.

Bad:

```yaml
# buildspec.yml
version: 0.1
phases: {build: {commands: [make]}}
```

Good:

```yaml
# buildspec.yml
version: 0.2
phases: {build: {commands: [make]}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, text

ID = "codebuild-version"
SEVERITY: Severity = "warning"
KINDS = ("codebuild",)


def check(file: SourceFile) -> Iterator[Finding]:
    version = get(file.root_node, "version")
    if version is not None and text(version) == "0.1":
        said = "version 0.1 runs each command in a shell of its own"
        yield Finding(file.mark(version), said, ID, SEVERITY, "write `version: 0.2`")
