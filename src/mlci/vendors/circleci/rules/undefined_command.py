"""A step is neither built in nor a command that is defined.

CircleCI refuses the configuration. Mostly the name is misspelt, or the step is a shell command that
lacks `run:`.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps: [chekout]
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps: [checkout]
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.rules.undefined import plain
from mlci.vendors.circleci.syntax.model import BUILT_IN_STEPS, RESERVED
from mlci.vendors.circleci.syntax.uses import step_uses
from mlci.yaml.source import SourceFile

ID = "circleci-undefined-command"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")
RUN_KEYS = ("command", "environment", "working_directory", *RESERVED)
"""Keys that stand where a step should when a step's own keys are not indented: another rule's finding."""


def check(file: SourceFile) -> Iterator[Finding]:
    for use in file.once(step_uses):
        if use.step.name in BUILT_IN_STEPS or use.step.name in RUN_KEYS:
            continue
        found = plain(file, ID, "command", use.scope, use.step.key, BUILT_IN_STEPS)
        if found is None:
            continue
        if " " in use.step.name and use.step.arguments is None:
            found = found._replace(help="a shell command needs `run:` before it")
        elif use.step.name in use.scope.jobs:
            found = found._replace(help="this is a job: jobs are run by workflows, not by steps")
        yield found
