"""A container image is given by a tag alone.

A tag can be pushed again. With its digest, `NAME:TAG@sha256:…`, an image is the same bytes for ever;
Renovate and Dependabot keep digests up to date.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: make
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    steps:
      - run: make
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.security.unpinned_image import MOVING, VARIABLE
from mlci.yaml.source import SourceFile

ID = "image-without-digest"
SEVERITY: Severity = "info"
KINDS: tuple[str, ...] = jobs.VIEWED


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each image that has an exact tag."""
    seen = set()
    for job in file.once(jobs.view).jobs:
        for image in job.images:
            name = image.value.strip().removeprefix("docker://")
            tag = name.rpartition("/")[2].partition(":")[2]
            if not tag or tag in MOVING or "@sha256:" in name or VARIABLE.search(name):
                continue
            mark = image.place
            if mark not in seen:
                seen.add(mark)
                said = f"the image '{name}' is given by a tag alone"
                yield Finding(mark, said, ID, SEVERITY, f"write {name}@sha256:DIGEST")
