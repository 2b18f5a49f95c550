"""A command holds a colon followed by a space, so YAML takes it for a mapping.

CodeBuild fails with YAML_FILE_ERROR before the first command.

Bad:

```yaml
# buildspec.yml
version: 0.2
phases:
  build:
    commands:
      - echo status: done
```

Good:

```yaml
# buildspec.yml
version: 0.2
phases:
  build:
    commands:
      - "echo status: done"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.rule import LintFile
from mlci.lint.tree import get, items, sequence

ID = "codebuild-command-mapping"
SEVERITY: Severity = "error"
KINDS = ("codebuild",)


def check(file: LintFile) -> Iterator[Finding]:
    """Yield every command that is a mapping."""
    for phase in items(get(file.root_node, "phases")):
        for name in ("commands", "finally"):
            for command in sequence(get(phase.value, name)):
                if command.id == "mapping":
                    said = "a colon followed by a space makes this command a mapping"
                    yield Finding(file.mark(command), said, ID, SEVERITY, "put the whole command in quotes")
