"""Something CircleCI has deprecated.

It still works, but may not for long, or not as one expects: `branches` of a job has no effect once there are
workflows, a `deploy` step runs on one container only, `machine: true` takes whatever image is the default.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    branches: {only: main}
    steps: [checkout]
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps: [checkout]
workflows:
  main:
    jobs:
      - build: {filters: {branches: {only: main}}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import Definition, read_config
from mlci.vendors.circleci.syntax.uses import step_uses
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import entry, is_true, sequence, text

ID = "circleci-deprecated"
SEVERITY: Severity = "warning"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")


def check(file: SourceFile) -> Iterator[Finding]:
    for definition in file.once(read_config).scope.definitions():
        yield from of_definition(file, definition)
    for use in file.once(step_uses):
        if use.step.name == "deploy" and "deploy" not in use.scope.commands:
            said = "the step `deploy` is deprecated"
            yield Finding(file.mark(use.step.key), said, ID, SEVERITY, "use `run`")


def of_definition(file: SourceFile, definition: Definition) -> Iterator[Finding]:
    branches = entry(definition.node, "branches") if definition.part == "job" else None
    if branches is not None:
        help = "use `filters` of the job in its workflow"
        said = "`branches` of a job is deprecated, and ignored once there are workflows"
        yield Finding(file.mark(branches.key), said, ID, SEVERITY, help)
    machine = entry(definition.node, "machine")
    own_runner = (
        "/" in (text(item.value) or "") if (item := entry(definition.node, "resource_class")) else False
    )
    if machine is not None and is_true(machine.value) and not own_runner:
        said = "`machine: true` is deprecated outside of self-hosted runners and CircleCI server"
        yield Finding(file.mark(machine.key), said, ID, "info", "name the image: `machine: {image: …}`")
    docker = entry(definition.node, "docker")
    for container in sequence(docker.value if docker else None):
        image = entry(container, "image")
        if image is not None and (text(image.value) or "").startswith("circleci/"):
            said = "the images `circleci/…` are deprecated and get no updates"
            yield Finding(file.mark(image.value), said, ID, "info", "use the images `cimg/…`")
