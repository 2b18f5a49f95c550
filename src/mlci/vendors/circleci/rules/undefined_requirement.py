"""A job requires one that is not part of its workflow.

CircleCI refuses the configuration: `requires` names jobs of the same workflow, by their `name` if they
have one.

Bad:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs:
      - build: {name: compile}
      - build: {name: test, requires: [build]}
```

Good:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs:
      - build: {name: compile}
      - build: {name: test, requires: [compile]}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.names import expand, named, requirements, unmet
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "circleci-undefined-requirement"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    for workflow, names in file.once(named):
        for job in workflow.jobs:
            for key, _ in requirements(job):
                missing = [
                    name for name in expand(key.value, job) if "<<" not in name and not names.find(name)
                ]
                if missing:
                    run = ", ".join(islice(names.fixed, 12))
                    help = hint(file, missing[0], names.fixed) or f"it runs {run}"
                    yield Finding(file.mark(key), unmet(job, missing[0]), ID, SEVERITY, help)
