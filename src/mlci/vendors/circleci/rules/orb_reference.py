"""An orb is imported by a reference CircleCI cannot resolve.

It must be `namespace/name@version` with a version of one to three numbers, `dev:` and a tag, or `volatile`;
or the https address of an orb's source.

Bad:

```yaml
version: 2.1
orbs:
  node: circleci/node:5.2
```

Good:

```yaml
version: 2.1
orbs:
  node: circleci/node@5.2
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import Scope, read_config
from mlci.yaml.source import SourceFile

ID = "circleci-orb-reference"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb")
NAME = r"[a-zA-Z0-9][a-zA-Z0-9_-]*/[a-zA-Z0-9][a-zA-Z0-9_-]*"
VERSION = r"(?:\d+(?:\.\d+){0,2}|volatile|dev:[^\s]+)"
REFERENCE = re.compile(rf"{NAME}@(?:{VERSION}|.*<<.*>>.*)|https://\S+", re.DOTALL)


def check(file: SourceFile) -> Iterator[Finding]:
    yield from of_scope(file, file.once(read_config).scope)


def of_scope(file: SourceFile, scope: Scope) -> Iterator[Finding]:
    for orb in scope.orbs.values():
        if orb.inline is not None:
            yield from of_scope(file, orb.inline)
        elif orb.node.id != "scalar" or not REFERENCE.fullmatch(orb.node.value):
            said = f"'{orb.node.value if orb.node.id == 'scalar' else orb.name}' is no reference to an orb"
            yield Finding(file.mark(orb.node), said, ID, SEVERITY, fault(str(orb.node.value)))


def fault(reference: str) -> str:
    name, at, version = reference.partition("@")
    if not re.fullmatch(NAME, name):
        return "write namespace/name@version, such as circleci/node@5.2"
    if not at:
        return f"add a version: {name}@1.2.3"
    return f"'{version}' is no version: write 1.2.3, 1.2, 1, dev:tag or volatile"
