"""A job has `rules` beside `only` or `except`.

GitLab refuses the pipeline: the older keys cannot stand beside `rules`.

Bad:

```yaml
# .gitlab-ci.yml
check:
  script: make check
  only: [main]
  rules: [{when: always}]
```

Good:

```yaml
# .gitlab-ci.yml
check:
  script: make check
  rules: [{if: $CI_COMMIT_BRANCH == "main"}]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.gitlab.syntax.model import read_pipeline
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import entry, get

ID = "gitlab-mixed-rules"
SEVERITY: Severity = "error"
KINDS = ("gitlab",)


def check(file: SourceFile) -> Iterator[Finding]:
    for job in file.once(read_pipeline).jobs.values():
        if get(job.node, "rules") is None:
            continue
        for name in ("only", "except"):
            found = entry(job.node, name)
            if found is not None:
                said = f"'{name}' cannot stand beside 'rules'"
                yield Finding(file.mark(found.key), said, ID, SEVERITY, "say it in `rules`, with `if`")
