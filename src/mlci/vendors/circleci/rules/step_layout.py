"""A step's keys stand beside its name, not beneath it.

In YAML the keys of a step must be indented further than the step's name. As it stands the step is empty, and
its keys are taken for steps of their own.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps:
      - run:
        name: Test
        command: make test
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps:
      - run:
          name: Test
          command: make test
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint import edits
from mlci.lint.rule import Edit
from mlci.vendors.circleci.rules.undefined import severity
from mlci.vendors.circleci.syntax.model import RESERVED, Step, read_config
from mlci.vendors.circleci.syntax.uses import step_uses
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, is_null, items, sequence

ID = "circleci-step-layout"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")
CERTAIN = re.compile(
    "name|command|shell|environment|background|working_directory|no_output_timeout|when|keys?|paths?|destination"
    "|root|at|requires|context|filters|matrix"
)
"""Keys that are no names of steps or jobs, so what stands there was meant to stand beneath."""


def check(file: SourceFile) -> Iterator[Finding]:
    for use in file.once(step_uses):
        yield from beside(file, use.step)
    for workflow in file.once(read_config).all_workflows():
        for one in sequence(get(workflow.node, "jobs")):
            yield from job(file, one)


def beside(file: SourceFile, step: Step) -> Iterator[Finding]:
    """Yield that a step has more keys than its name, or nothing beneath a name that needs it."""
    others = [one for one in items(step.node) if one.name != step.name]
    if others:
        named = ", ".join(f"'{one.name}'" for one in others[:4])
        said = f"{named} stand{'s' * (len(others) == 1)} beside '{step.name}', not beneath it"
        help = "indent by two spaces more than the step's name"
        yield Finding(file.mark(others[0].key), said, ID, SEVERITY, help)
    elif step.name == "run" and is_null(step.arguments):
        yield Finding(file.mark(step.key), "this `run` has no command", ID, severity(file))


def job(file: SourceFile, node: Node) -> Iterator[Finding]:
    found = items(node)
    wrong = [one for one in found if one.name in RESERVED]
    name = next((one.name for one in found if one.name not in RESERVED), None)
    if wrong and name is not None:
        said = f"'{wrong[0].name}' stands beside the job '{name}', not beneath it"
        help = "indent by two spaces more than the job's name"
        yield Finding(file.mark(wrong[0].key), said, ID, SEVERITY, help)


def fix(file: SourceFile, finding: Finding) -> Iterator[Edit]:
    """Indent what stands beside the name of a step or job."""
    steps = [use.step.node for use in file.once(step_uses)]
    jobs = [
        one for flow in file.once(read_config).all_workflows() for one in sequence(get(flow.node, "jobs"))
    ]
    for node in (*steps, *jobs):
        beside = [one.key for one in items(node)[1:]]
        if (
            beside
            and file.mark(beside[0]) == finding.mark
            and all(CERTAIN.fullmatch(one.value) for one in beside)
        ):
            yield from edits.nested(file, node)
            return
