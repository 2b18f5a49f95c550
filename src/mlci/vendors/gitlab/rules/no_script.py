"""A job has nothing to run.

A job needs `script`, `run` or `trigger`, its own or one it takes over. A key of the top that is no job, such
as one that only holds anchors, begins with a dot.

Bad:

```yaml
# .gitlab-ci.yml
check:
  image: python:3.12
```

Good:

```yaml
# .gitlab-ci.yml
check:
  image: python:3.12
  script: pytest
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.gitlab.syntax.model import Job, read_pipeline
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, words

ID = "gitlab-no-script"
SEVERITY: Severity = "error"
KINDS = ("gitlab",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every visible job that runs nothing."""
    config = file.once(read_pipeline)
    if config.open:
        return
    for job in config.jobs.values():
        unseen = [node for node in words(get(job.node, "extends")) if node.value not in config.jobs]
        if job.hidden or unseen or job.name == "pages:deploy":
            continue
        idle = all(config.find(job, name) is None for name in ("script", "run", "trigger"))
        if idle and not misspelt(job):
            said = f"the job '{job.name}' has no script"
            help = "give it one, or begin its name with a dot if it only lends its keys"
            yield Finding(file.mark(job.key), said, ID, SEVERITY, help)


def misspelt(job: Job) -> bool:
    """Tell whether a key is meant to be `script`; the schema says so."""
    near = (suggest(one.name, ("script", "before_script")) for one in items(job.node))
    return "did you mean 'script'?" in near
