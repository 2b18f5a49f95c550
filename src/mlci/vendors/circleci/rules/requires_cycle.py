"""Jobs of a workflow require each other in a circle, so that none of them can start.

CircleCI refuses the configuration.

Bad:

```yaml
version: 2.1
jobs:
  a: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
  b: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs:
      - a: {requires: [b]}
      - b: {requires: [a]}
```

Good:

```yaml
version: 2.1
jobs:
  a: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
  b: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs:
      - a
      - b: {requires: [a]}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.graph import circles, path
from mlci.vendors.circleci.syntax.model import Workflow
from mlci.vendors.circleci.syntax.names import Names, expand, named, requirements
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

ID = "circleci-requires-cycle"
SEVERITY: Severity = "error"
KINDS = ("circleci",)

Edges = dict[int, list[tuple[int, Node]]]


def check(file: SourceFile) -> Iterator[Finding]:
    for workflow, names in file.once(named):
        for circle, key in circles(edges(workflow, names)):
            shown = path([workflow.jobs[index].name for index in circle])
            said = f"the jobs of workflow '{workflow.name}' wait for each other: {shown}"
            yield Finding(file.mark(key), said, ID, SEVERITY)


def edges(workflow: Workflow, names: Names) -> Edges:
    """Return the index of each job with the indices of the jobs it requires."""
    place = {id(job.key): index for index, job in enumerate(workflow.jobs)}
    found: Edges = {}
    for index, job in enumerate(workflow.jobs):
        needs = [
            (place[id(other.key)], key)
            for key, _ in requirements(job)
            for name in expand(key.value, job)
            if "<<" not in name
            for other in names.find(name)
        ]
        # each job of a matrix may require its partner of another, even of the same one
        found[index] = [(other, key) for other, key in needs if not (job.matrix() and other == index)]
    return found
