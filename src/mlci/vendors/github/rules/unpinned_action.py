"""An action or called workflow is not pinned to a commit.

A tag or branch can be moved to other code at any time, by its owner or by whoever got hold of the
account; that code then runs with the job's secrets. Pin the full commit and name the release in a
comment, which Dependabot and Renovate keep up to date. `--fix` pins the releases whose commits mlci
knows.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: acme/setup-tools@v2
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: acme/setup-tools@5f0fd6a1f4b7e0a2d3c4b5a697886706b5a4c3d2 # v2.1.0
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from mlci.findings import Finding, Severity
from mlci.lint.rule import Edit
from mlci.vendors.github.syntax import model
from mlci.yaml.document import Node
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "unpinned-action"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")
SIGNS = ("@",)


OFFICIAL = ("actions/", "github/")

COMMIT = lazy(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
"""What a full commit looks like."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at the ref of each action and called workflow."""
    for node in references(file):
        name, at, ref = node.value.partition("@")
        if not at or COMMIT.match(ref) or "${{" in node.value or "/" not in name:
            continue
        official = name.lower().startswith(OFFICIAL)
        said = f"'{node.value}' is not pinned to a commit: '{ref}' can be moved to other code"
        yield Finding(file.mark(node), said, ID, "info" if official else SEVERITY, hint(node.value))


def references(file: SourceFile) -> Iterator[Node]:
    for job in file.once(model.read_workflow).jobs:
        for part in (job, *job.steps):
            node = part.value("uses")
            if node is not None and node.id == "scalar" and not node.value.startswith((".", "docker:")):
                yield node


def hint(uses: str) -> str:
    known = pinned(uses)
    return (
        f"write {known}" if known else "write OWNER/REPO@COMMIT # RELEASE, with all 40 digits of the commit"
    )


def pinned(uses: str) -> str | None:
    """Return the pinned form of a release whose commit is known, None when it is not."""
    name, _, ref = uses.partition("@")
    found = pins().get(name.lower())
    if found is None or not (found[0] == ref or found[0].startswith(f"{ref}.")):
        return None
    return f"{name}@{found[1]} # {found[0]}"


@cache
def pins() -> dict[str, tuple[str, str]]:
    from mlci.vendors.github.render.pins import PINS

    return {name.lower(): (pin.release, pin.commit) for name, pin in PINS.items()}


def fix(file: SourceFile, finding: Finding) -> Iterator[Edit]:
    """Pin a release whose commit is known; a comment that stands behind it stays."""
    line = file.lines[finding.mark.line - 1]
    start = finding.mark.column - 1
    node = next((one for one in references(file) if file.mark(one) == finding.mark), None)
    new = None if node is None or node.style else pinned(node.value)
    if node is None or new is None or not line[start:].startswith(node.value):
        return
    end = start + len(node.value)
    if line[end:].strip():
        new = new.partition(" ")[0]
    yield Edit(finding.mark.line, start + 1, finding.mark.line, end + 1, new)
