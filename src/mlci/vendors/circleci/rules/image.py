"""An image's name is no valid reference.

A reference is `[registry[:port]/]path[:tag][@sha256:digest]`, the path in lower case. Docker refuses anything
else, so the job fails before its first step.

Bad:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "Acme/Tools@latest"}], steps: [checkout]}
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "acme/tools:latest"}], steps: [checkout]}
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
from mlci.yaml.tree import get, is_text, sequence

ID = "circleci-image"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")
HOST = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?/)?"
)
PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
REFERENCE = re.compile(
    rf"{HOST}{PART}(?:/{PART})*(?::[A-Za-z0-9_][\w.-]{{0,127}})?(?:@[A-Za-z0-9+._-]+:[0-9a-fA-F]{{32,}})?"
)
MAX_LENGTH = 400


def check(file: SourceFile) -> Iterator[Finding]:
    for definition in file.once(read_config).scope.definitions():
        for container in sequence(get(definition.node, "docker")):
            image = get(container, "image")
            if image is not None and is_text(image) and wrong(image):
                said = f"'{image.value[:80]}' is no valid reference to an image"
                yield Finding(file.mark(image), said, ID, SEVERITY, advice(image.value))


def wrong(image: Node) -> bool:
    """Tell whether a name cannot be a reference; expressions and variables are filled in later."""
    name: str = image.value
    if "<<" in name or "$" in name or not name:
        return False
    return len(name) > MAX_LENGTH or REFERENCE.fullmatch(name) is None


def advice(name: str) -> str | None:
    base, at, digest = name.partition("@")
    if at and not re.fullmatch(r"[\w+.-]+:[0-9a-fA-F]{32,}", digest):
        return f"a digest stands behind '@', a tag behind ':': {base}:{digest}"
    if base != base.lower():
        return "write it in lower case"
    return None
