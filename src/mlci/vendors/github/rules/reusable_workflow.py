"""A job calls a reusable workflow the wrong way.

A workflow of the same repository is `./.github/workflows/FILE.yml`, without a ref; another one
`OWNER/REPO/.github/workflows/FILE.yml@REF`. Inputs and secrets are compared with what a workflow of the
same repository declares.

Bad:

```yaml
on: push
jobs:
  build:
    uses: ./.github/workflows/build.yml@main
```

Good:

```yaml
on: push
jobs:
  build:
    uses: acme/pipelines/.github/workflows/build.yml@5f0fd6a1f4b7e0a2d3c4b5a697886706b5a4c3d2
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import interfaces, model
from mlci.vendors.github.syntax.interfaces import Input
from mlci.vendors.github.syntax.model import Job, keyed
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.neighbours import is_file
from mlci.yaml.nodes import BOOL, FLOAT, INT
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "github-reusable-workflow"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)


TAGS = {"boolean": (BOOL,), "number": (INT, FLOAT)}

REMOTE = lazy(r"[\w.-]+/[\w.-]+/[^@\s]+\.ya?ml@[^@\s]+\Z")
"""What a workflow of another repository looks like."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each job that calls a workflow."""
    workflow = file.once(model.read_workflow)
    for job in () if workflow.is_action else workflow.jobs:
        node = job.value("uses")
        if node is None or node.id != "scalar" or not node.value or "${{" in node.value:
            continue
        said = fault(node.value)
        if said:
            yield Finding(file.mark(node), f"'{node.value}' is no workflow: {said}", ID, SEVERITY, FORMS)
        elif node.value.startswith("./"):
            yield from check_local(file, job, node)


FORMS = "write ./.github/workflows/FILE.yml or OWNER/REPO/.github/workflows/FILE.yml@REF"


def fault(uses: str) -> str | None:
    """Say what is wrong with a reference."""
    if uses.startswith("./"):
        if "@" in uses:
            return "one of the same repository has no ref"
        return None if uses.endswith((".yml", ".yaml")) else "it is no YAML file"
    if REMOTE.match(uses):
        return None
    return "its ref is missing" if "@" not in uses else "it is not of the form OWNER/REPO/PATH.yml@REF"


def check_local(file: SourceFile, job: Job, node: Node) -> Iterator[Finding]:
    """Compare a call with what the called workflow declares."""
    path = interfaces.inside(file.root, node.value)
    if path is None:
        return
    if not is_file(path):
        yield Finding(file.mark(node), f"there is no workflow '{node.value}'", ID, "warning")
        return
    called = interfaces.workflow(file, node.value)
    if called is None:
        return
    if not called.callable:
        said = f"'{node.value}' cannot be called: it lacks 'on: workflow_call'"
        yield Finding(file.mark(node), said, ID, SEVERITY)
        return
    yield from compare(file, job, "with", "input", called.inputs)
    if job.text("secrets") != "inherit":
        yield from compare(file, job, "secrets", "secret", called.secrets)


def compare(file: SourceFile, job: Job, key: str, what: str, declared: dict[str, Input]) -> Iterator[Finding]:
    given = {name.lower(): (name, *pair) for name, pair in keyed(job.value(key)).items()}
    for lower, (name, node, value) in given.items():
        one = declared.get(lower)
        if one is None:
            names = ", ".join(known.name for known in declared.values()) or "none"
            said = f"'{job.text('uses')}' has no {what} '{name}'; it has {names}"
            yield Finding(file.mark(node), said, ID, SEVERITY, hint(file, lower, declared))
        elif is_misfit(one, value):
            yield Finding(file.mark(value), f"the input '{name}' must be a {one.kind}", ID, SEVERITY)
    for name, one in declared.items():
        if one.required and name not in given:
            said = f"'{job.text('uses')}' requires the {what} '{one.name}'"
            yield Finding(file.mark(job.value("uses")), said, ID, SEVERITY)


def is_misfit(declared: Input, value: Node) -> bool:
    """Tell whether a value that is written out is not of its input's type."""
    tags = TAGS.get(declared.kind or "")
    return tags is not None and value.id == "scalar" and "${{" not in value.value and value.tag not in tags
