"""The resource class belongs to another kind of machine than the executor, or is given twice.

A macOS executor takes a macOS class, a Windows image a `windows.` one, a Linux image none of these; CircleCI
refuses the job otherwise. A machine's class stands in the machine or beside it, not in both places.

Bad:

```yaml
version: 2.1
jobs:
  build:
    macos: {xcode: "15.4.0"}
    resource_class: large
    steps: [checkout]
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
jobs:
  build:
    macos: {xcode: "15.4.0"}
    resource_class: m4pro.medium
    steps: [checkout]
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import read_config
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, text

ID = "circleci-resource-class"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")
FAMILIES = (
    ("macOS", re.compile(r"macos\.|m\d+(pro|max)?\.")),
    ("Windows", re.compile(r"windows\.")),
    ("Linux", re.compile(r"(arm\.|gpu\.)|(small|medium\+?|large|2?xlarge\+?)(\.gen\d+)?$")),
)


def check(file: SourceFile) -> Iterator[Finding]:
    for definition in file.once(read_config).scope.definitions():
        if definition.part == "command":
            continue
        outer = get(definition.node, "resource_class")
        inner = get(definition.node, "machine", "resource_class") or get(
            definition.node, "macos", "resource_class"
        )
        if outer is not None and inner is not None:
            said = "the resource class is given twice, in the machine and beside it"
            yield Finding(file.mark(outer), said, ID, SEVERITY, "keep one")
        for given in (outer, inner):
            wanted, found = system(definition.node), family(given)
            if given is not None and wanted and found and wanted != found:
                said = f"'{text(given)}' is a class of {found} machines, but this executor is {wanted}"
                yield Finding(file.mark(given), said, ID, SEVERITY, advice(wanted))


def family(node: Node | None) -> str | None:
    """Return which system a class is for; None for a self-hosted runner's or an unknown one."""
    name = text(node) or ""
    return next((family for family, pattern in FAMILIES if pattern.match(name)), None)


def system(node: Node) -> str | None:
    """Return which system an executor runs; None when that cannot be told."""
    if get(node, "macos") is not None:
        return "macOS"
    if get(node, "docker") is not None:
        return "Linux"
    image = text(get(node, "machine", "image")) or ""
    if image.startswith("windows"):
        return "Windows"
    return "Linux" if re.match(r"ubuntu|android|linux", image) else None


def advice(system: str) -> str:
    example = {"macOS": "m4pro.medium", "Windows": "windows.medium", "Linux": "medium"}
    return f"take a class such as {example[system]}"
