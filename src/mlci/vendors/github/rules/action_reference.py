"""`uses` of a step does not say which action to run.

An action is `OWNER/REPO@REF` or `OWNER/REPO/FOLDER@REF`, one of the same repository `./FOLDER` without a
ref, one in a container `docker://IMAGE:TAG`. GitHub refuses anything else.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "github-action-reference"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")

PATTERN = lazy(r"[\w.-]+/[\w.-]+(?:/[^@\s]+)?@[^@\s]+\Z")
"""What a remote action looks like."""


def check(file: SourceFile) -> Iterable[Finding]:
    for job in file.once(model.read_workflow).jobs:
        for step in job.steps:
            node = step.value("uses")
            if node is None or node.id != "scalar" or not node.value or "${{" in node.value:
                continue
            said = fault(node.value)
            if said:
                yield Finding(file.mark(node), f"'{node.value}' is no action: {said}", ID, SEVERITY, FORMS)


FORMS = "write OWNER/REPO@REF, OWNER/REPO/FOLDER@REF, ./FOLDER or docker://IMAGE:TAG"


def fault(uses: str) -> str | None:
    """Say what is wrong with a reference."""
    if uses.startswith("docker://"):
        image = uses.removeprefix("docker://")
        return (
            "the image's tag is empty" if image.endswith(":") else None if image else "the image is missing"
        )
    if uses.startswith(("./", ".\\")):
        return None
    if PATTERN.match(uses):
        return None
    if uses.startswith("."):
        return "an action of the same repository begins with './'"
    name, at, ref = uses.partition("@")
    if not at or not ref:
        return "its ref is missing"
    return "its owner is missing" if "/" not in name else "it is not of the form OWNER/REPO@REF"
