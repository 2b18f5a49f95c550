"""Jobs wait for each other in a circle, or for one of a later stage.

GitLab refuses the pipeline: a job can need jobs of its own stage and of earlier ones.

Bad:

```yaml
# .gitlab-ci.yml
build: {stage: build, script: make, needs: [check]}
check: {stage: test, script: make check}
```

Good:

```yaml
# .gitlab-ci.yml
build: {stage: build, script: make}
check: {stage: test, script: make check, needs: [build]}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.graph import circles, path
from mlci.vendors.gitlab.syntax.model import Config, Job, needs, plain, read_pipeline
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, text

ID = "gitlab-needs-order"
SEVERITY: Severity = "error"
KINDS = ("gitlab",)


def check(file: SourceFile) -> Iterator[Finding]:
    config = file.once(read_pipeline)
    edges: dict[str, list[tuple[str, Node]]] = {
        job.name: [(plain(node.value), node) for node, _ in needs(get(job.node, "needs"))]
        for job in config.jobs.values()
        if not job.hidden
    }
    for circle, node in circles(edges):
        said = f"the jobs wait for each other: {path(circle)}"
        yield Finding(file.mark(node), said, ID, SEVERITY)
    if config.open:
        return
    for name, needed in edges.items():
        for other, node in needed:
            if other in config.jobs and later(config, config.jobs[other], config.jobs[name]):
                said = f"'{name}' needs '{other}', which is in a later stage"
                yield Finding(file.mark(node), said, ID, SEVERITY)


def later(config: Config, job: Job, than: Job) -> bool:
    """Tell whether a job's stage comes after another's."""
    stages = [text(config.find(one, "stage")) or "test" for one in (job, than)]
    places = [config.place.get(stage) for stage in stages]
    return places[0] is not None and places[1] is not None and places[0] > places[1]
