"""A file does not fit its vendor's format.

A key that does not exist, stands in the wrong place or is missing, or a value of the wrong kind: the vendor
refuses the file, or ignores what was written. The message tells the innermost place that is wrong; of several
forms that are allowed, it goes by the one that was most likely meant.

Bad:

```yaml
# .circleci/config.yml
version: 2.1
jobs:
  build:
    docker:
      - imgae: cimg/base:2024.01
    steps: [checkout]
```

Good:

```yaml
# .circleci/config.yml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/base:2024.01
    steps: [checkout]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.kinds import KINDS as EVERY_KIND
from mlci.yaml.source import SourceFile

ID = "schema"
SEVERITY: Severity = "error"
KINDS = tuple(kind.id for kind in EVERY_KIND if kind.schema is not None)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield what is wrong by the schema of the file's kind."""
    name = schema_of(file)
    if file.document is None or file.document.root is None or name is None:
        return
    from mlci.lint.schema.store import checker

    judge = checker(name)
    if judge.valid(file.data):
        return
    from mlci.lint.schema.explain import explain

    faults = explain(judge, file.data)
    misspelt = {(fault.path[:-1], fault.help) for fault in faults if fault.kind == "unknown" and fault.help}
    for fault in faults:
        if fault.kind == "missing" and any((fault.path, meant(name)) in misspelt for name in fault.names):
            continue  # the key is there, misspelt, and that is said
        mark = file.document.mark(fault.path, key=fault.on_key)
        yield Finding(mark, fault.message, ID, SEVERITY, fault.help)


def meant(name: str) -> str:
    """Return the help that a misspelt key gets when it should be `name`."""
    return f"did you mean '{name}'?"


def schema_of(file: SourceFile) -> str | None:
    """Return the name of the file's schema; a part of an orb has that of its folder."""
    name = file.kind.schema
    if name is None or not name.endswith("#"):
        return name
    folder = file.name.split("/")[-2] if "/" in file.name else ""
    return f"{name}{folder.removesuffix('s')}"
