"""A script installs a tool without saying which version.

The newest release is taken, whatever it does: a breaking change fails the pipeline, a hijacked package
runs in it. Give the version, or install from a lock file.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: pip install twine
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: pip install twine==6.1.0
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.packages import Package, installed, is_learning
from mlci.yaml.source import SourceFile

ID = "unpinned-tool"
SEVERITY: Severity = "info"
KINDS: tuple[str, ...] = jobs.VIEWED
SIGNS = ("install", "npx")


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at what each script installs; libraries of machine learning have a rule of their own."""
    for script in file.once(jobs.view).scripts:
        for package in unpinned(script):
            mark = script.text.mark(package.start, len(package.written))
            said = f"'{package.name}' is installed without a version"
            yield Finding(mark, said, ID, SEVERITY, f"write {package.pinned}")


def unpinned(script: jobs.Script) -> Iterator[Package]:
    if "install" in script.text.value or "npx" in script.text.value:
        for command in script.commands:
            for package in installed(command):
                if not package.exact and not is_learning(package.name):
                    yield package
