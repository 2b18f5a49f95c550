"""A container image has no tag, or a tag that always means the newest.

What runs tomorrow is not what ran today, and a registry's account that is taken over reaches the job.
Give the exact tag, better still its digest.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: python:latest
    steps:
      - run: make
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "unpinned-image"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


MOVING = frozenset(("latest", "edge", "main", "master", "nightly", "dev", "current", "stable"))

VARIABLE = lazy(r"[$<{]")
"""What in an image's name is put in later."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at the tag of each image."""
    seen = set()
    for job in file.once(jobs.view).jobs:
        for image in job.images:
            name = image.value.strip().removeprefix("docker://")
            if not name or VARIABLE.search(name) or "@sha256:" in name:
                continue
            tag = name.rpartition("/")[2].partition(":")[2]
            if tag and tag not in MOVING:
                continue
            mark = image.place
            if mark not in seen:
                seen.add(mark)
                said = f"the image '{name}' " + (f"is always the newest '{tag}'" if tag else "has no tag")
                yield Finding(mark, said, ID, SEVERITY, "give an exact tag, or NAME@sha256:DIGEST")
