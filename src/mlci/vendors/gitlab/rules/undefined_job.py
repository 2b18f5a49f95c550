"""A job needs, depends on, or extends one that does not exist.

GitLab refuses the pipeline. What included files define cannot be seen here, so a file that includes others is
let be.

Bad:

```yaml
# .gitlab-ci.yml
build: {stage: build, script: make}
check: {stage: test, script: make check, needs: [biuld]}
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
from mlci.vendors.gitlab.syntax.model import Config, Job, needs, plain, read_pipeline
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, words

ID = "gitlab-undefined-job"
SEVERITY: Severity = "error"
KINDS = ("gitlab",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every name of a job that means nothing."""
    config = file.once(read_pipeline)
    if config.open:
        return
    for job in config.jobs.values():
        for what, node in names(job):
            name = plain(node.value)
            if "$" not in name and name not in known(config, what):
                said = f"'{job.name}' {what} '{node.value}', which does not exist"
                yield Finding(file.mark(node), said, ID, SEVERITY, hint(file, name, known(config, what)))


def names(job: Job) -> Iterator[tuple[str, Node]]:
    for node in words(get(job.node, "extends")):
        yield "extends", node
    if job.hidden:
        return
    for node, optional in needs(get(job.node, "needs")):
        if not optional:
            yield "needs", node
    for node in words(get(job.node, "dependencies")):
        yield "depends on", node
    stop = get(job.node, "environment", "on_stop")
    if stop is not None and stop.id == "scalar":
        yield "is stopped by", stop


def known(config: Config, what: str) -> dict[str, Job]:
    return config.jobs if what == "extends" else config.visible
