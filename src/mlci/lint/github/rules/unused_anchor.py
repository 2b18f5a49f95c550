"""An anchor is defined, but no alias uses it.

Mostly the alias is misspelt, or was deleted.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    env: &variables
      MODEL: model
    steps:
      - run: make
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make
        env: &variables
          MODEL: model
      - run: make test
        env: *variables
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from mlci.findings import Finding, Mark, Severity
from mlci.lint.rule import LintFile

ID = "github-unused-anchor"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


@cache
def pattern() -> re.Pattern[str]:
    """Return what may be an anchor; strings and comments may look like one, too."""
    return re.compile(r"(?:^|[\s\[{,])&[^\s,\[\]{}]+(?=\s|$)", re.MULTILINE)


def check(file: LintFile) -> Iterable[Finding]:
    """Read the file's events again, if there may be an anchor."""
    if "&" not in file.text or not pattern().search(file.text):
        return
    from ruamel.yaml import events
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]

    anchors: dict[str, Mark] = {}
    parser = CParser(file.text)
    while not isinstance(event := parser.get_event(), events.StreamEndEvent):
        name = getattr(event, "anchor", None)
        if name is None:
            continue
        if isinstance(event, events.AliasEvent):
            anchors.pop(name, None)
        else:
            start = event.start_mark
            anchors[name] = Mark(file.name, start.line + 1, start.column + 1, len(name) + 1)
    for name, mark in anchors.items():
        yield Finding(mark, f"no alias uses the anchor '{name}'", ID, SEVERITY)
