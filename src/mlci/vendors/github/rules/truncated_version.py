"""A version loses its last zero.

Without quotes `3.10` is the number 3.1, and `3.0` is 3: the action is asked for another version than the one
that stands there.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        python: [3.9, 3.10]
    steps: [{run: make}]
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        python: ["3.9", "3.10"]
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import edits
from mlci.lint.rule import Edit
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Job, keyed, listed
from mlci.yaml.document import Node
from mlci.yaml.nodes import FLOAT
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "github-truncated-version"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")
SIGNS = ("0",)

TRUNCATED = lazy(r"\d+\.\d*0\Z")
"""A number that is written with a zero it does not keep."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at the values of matrices and at what actions are given."""
    for node, shown in places(file):
        said = f"{node.value} is the number {float(node.value):g}, and that is the version '{shown}' gets"
        yield Finding(file.mark(node), said, ID, SEVERITY, f'put it in quotes: "{node.value}"')


def places(file: SourceFile) -> Iterator[tuple[Node, str]]:
    """Yield each number that loses a zero, and the name it is given under."""
    for job in file.once(model.read_workflow).jobs:
        for name, node in (*matrix(job), *given(job)):
            if node.id == "scalar" and node.tag == FLOAT and TRUNCATED.match(node.value):
                yield node, name


def matrix(job: Job) -> Iterator[tuple[str, Node]]:
    for name, (_, node) in keyed(job.inner("strategy").value("matrix")).items():
        for item in listed(node):
            if name in ("include", "exclude"):
                yield from ((key, value) for key, (_, value) in keyed(item).items())
            else:
                yield name, item


def given(job: Job) -> Iterator[tuple[str, Node]]:
    for step in job.steps:
        yield from ((name, node) for name, (_, node) in step.given.keys.items() if "version" in name.lower())


def fix(file: SourceFile, finding: Finding) -> Iterator[Edit]:
    """Put the version in quotes: what stands there is what was meant."""
    for node, _ in places(file):
        if file.mark(node) == finding.mark:
            yield from edits.replaced(node, f'"{node.value}"')
            return
