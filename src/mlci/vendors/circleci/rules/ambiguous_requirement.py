"""A job requires a name that several jobs of the workflow answer to.

A job that is run more than once needs a `name` wherever another job requires it; otherwise CircleCI cannot
tell which one is meant and refuses the configuration. Names of jobs must differ by more than case, too.

Bad:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
  deploy: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs: [build, build, {deploy: {requires: [build]}}]
```

Good:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
  deploy: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs: [{build: {name: first}}, {build: {name: second}}, {deploy: {requires: [first]}}]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import read_config
from mlci.vendors.circleci.syntax.names import named, requirements
from mlci.yaml.source import SourceFile

ID = "circleci-ambiguous-requirement"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every requirement that several jobs meet, and jobs whose names differ by case alone."""
    config = file.once(read_config)
    for workflow, names in file.once(named):
        for job in workflow.jobs:
            for key, _ in requirements(job):
                meant = names.fixed.get(key.value, [])
                if len(meant) > 1 and not all(one.matrix() for one in meant):
                    said = f"{len(meant)} jobs of workflow '{workflow.name}' are called '{key.value}'"
                    yield Finding(file.mark(key), said, ID, SEVERITY, "give each of them a `name` of its own")
    met: dict[str, str] = {}
    for name, definition in config.scope.jobs.items():
        other = met.setdefault(name.lower(), name)
        if other != name:
            said = f"the names of the jobs '{other}' and '{name}' differ by case alone"
            yield Finding(file.mark(definition.key), said, ID, SEVERITY, "rename one")
