"""A workflow runs a job that is not defined.

CircleCI refuses the whole configuration, also when the workflow would not have run.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps: [checkout]
workflows:
  main:
    jobs: [biuld]
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
    jobs: [build]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.rules.undefined import plain
from mlci.vendors.circleci.syntax.model import read
from mlci.yaml.source import SourceFile

ID = "circleci-undefined-job"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every job of a workflow that means nothing."""
    config = file.once(read)
    groups = [group.name for group in config.groups]
    for workflow in config.all_workflows():
        for job in workflow.jobs:
            if not job.approval and job.job not in groups:
                found = plain(file, ID, "job", config.scope, job.key, groups)
                if found is not None:
                    yield found
