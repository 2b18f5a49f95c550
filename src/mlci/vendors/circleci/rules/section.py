"""A section of the file is misspelt, or the file has nothing that could run.

CircleCI ignores sections it does not know, so a misspelt one is lost without a word. A configuration needs a
workflow, or a job called `build`.

Bad:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflow:
  main: {jobs: [build]}
```

Good:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main: {jobs: [build]}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import read_config
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import items

ID = "circleci-section"
SEVERITY: Severity = "error"
KINDS = ("circleci",)
SECTIONS = (
    "version",
    "setup",
    "parameters",
    "orbs",
    "commands",
    "executors",
    "jobs",
    "workflows",
    "job-groups",
)


def check(file: SourceFile) -> Iterator[Finding]:
    found = items(file.root_node)
    present = {one.name for one in found}
    for one in found:
        near = get_close_matches(one.name.lower(), SECTIONS, n=1, cutoff=0.8)
        if one.name not in SECTIONS and near and near[0] not in present and one.value.id != "scalar":
            said = f"unknown section '{one.name}', which CircleCI ignores"
            yield Finding(file.mark(one.key), said, ID, SEVERITY, f"did you mean '{near[0]}'?")
    config = file.once(read_config)
    runs = any(workflow.jobs for workflow in config.workflows) or "build" in config.scope.jobs
    if found and not runs:
        said = "there is neither a workflow nor a job 'build': nothing here can run by itself"
        help = "take no notice if this file is packed with others"
        yield Finding(file.mark(found[0].key), said, ID, "info", help)
