"""A path that holds credentials is kept in a cache.

A cache is shared between branches and pull requests, readable by every job, and kept for days: it is no
place for keys, tokens, or the settings of tools that log in.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - save_cache:
          key: tools-1
          paths: [~/.ssh, ~/.cache/pip]
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - save_cache:
          key: tools-1
          paths: [~/.cache/pip]
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.security.credentials import secret_paths
from mlci.yaml.source import SourceFile

ID = "secret-in-cache"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


def check(file: SourceFile) -> Iterable[Finding]:
    for job in file.once(jobs.view).jobs:
        for text in job.caches:
            for path, start in secret_paths(text.value):
                said = f"'{path}' holds credentials, and is kept in a cache"
                yield Finding(text.mark(start, len(path)), said, ID, SEVERITY, "leave it out")
