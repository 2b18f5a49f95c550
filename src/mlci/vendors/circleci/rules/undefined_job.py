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
from mlci.vendors.circleci.rules.undefined import unknown
from mlci.vendors.circleci.syntax.model import read_config
from mlci.yaml.source import SourceFile

ID = "circleci-undefined-job"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    config = file.once(read_config)
    groups = [group.name for group in config.groups]
    jobs = (job for workflow in config.all_workflows() for job in workflow.jobs if not job.approval)
    uses = ((config.scope, job.key) for job in jobs if job.job not in groups)
    return unknown(file, ID, "job", uses, groups)
