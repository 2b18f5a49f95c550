"""A script uses a workflow command that GitHub has switched off or will.

`::set-env::` and `::add-path::` do nothing any more, since whatever a step prints could set variables;
`::set-output::` and `::save-state::` are deprecated for the same reason. Write to the files
`$GITHUB_ENV`, `$GITHUB_PATH`, `$GITHUB_OUTPUT` and `$GITHUB_STATE` instead.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "::set-output name=version::1.2"
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "version=1.2" >> "$GITHUB_OUTPUT"
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.yaml.patterns import lazy
from mlci.yaml.places import within
from mlci.yaml.source import SourceFile

ID = "github-deprecated-command"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")
SIGNS = ("::",)


FILES = {
    "set-output": 'echo "NAME=VALUE" >> "$GITHUB_OUTPUT"',
    "save-state": 'echo "NAME=VALUE" >> "$GITHUB_STATE"',
    "set-env": 'echo "NAME=VALUE" >> "$GITHUB_ENV"',
    "add-path": 'echo "FOLDER" >> "$GITHUB_PATH"',
}
GONE = ("set-env", "add-path")

PATTERN = lazy(r"::(save-state|set-output|set-env)\s+name=[^:\n]*::|::(add-path)::")


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each script."""
    for job in file.once(model.read_workflow).jobs:
        for step in job.steps:
            node = step.run
            if node is None or "::" not in node.value:
                continue
            for found in PATTERN.finditer(node.value):
                name = found[1] or found[2]
                mark = within(file.name, file.lines, node, found.start(), len(name) + 2)
                gone = name in GONE
                said = f"the workflow command '{name}' {'does nothing any more' if gone else 'is deprecated'}"
                yield Finding(mark, said, ID, "error" if gone else SEVERITY, f"use {FILES[name]}")
