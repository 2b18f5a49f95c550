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
from mlci.lint import edits
from mlci.lint.rule import Edit
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, sequence

ID = "codebuild-command-mapping"
SEVERITY: Severity = "error"
KINDS = ("codebuild",)


def check(file: SourceFile) -> Iterator[Finding]:
    for command in mappings(file):
        said = "a colon followed by a space makes this command a mapping"
        yield Finding(file.mark(command), said, ID, SEVERITY, "put the whole command in quotes")


def mappings(file: SourceFile) -> Iterator[Node]:
    for phase in items(get(file.root_node, "phases")):
        for name in ("commands", "finally"):
            yield from (one for one in sequence(get(phase.value, name)) if one.id == "mapping")


def fix(file: SourceFile, finding: Finding) -> Iterator[Edit]:
    command = next((one for one in mappings(file) if file.mark(one) == finding.mark), None)
    if command is not None:
        yield from edits.quoted(file, command)
