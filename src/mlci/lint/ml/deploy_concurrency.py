"""Two deploys can run at the same time.

Two pushes in a row start two deploys; the older may end last, and then the older model is live, or half
of each. Let only one run at a time: `concurrency` on GitHub and in mlci.yaml, `serial-group` on CircleCI,
`resource_group` on GitLab, `lockBehavior` and an environment's exclusive lock on Azure.

Bad:

```yaml
on: push
jobs:
  deploy:
    runs-on: ubuntu-24.04
    environment: production
    steps:
      - run: rsync -a model/ models.example.com:/srv/models/
```

Good:

```yaml
on: push
jobs:
  deploy:
    runs-on: ubuntu-24.04
    environment: production
    concurrency: deploy
    steps:
      - run: rsync -a model/ models.example.com:/srv/models/
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.ml import detect
from mlci.yaml.source import SourceFile

ID = "deploy-without-concurrency"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = detect.WHOLE


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each job that deploys, where the vendor has a way."""
    view = file.once(jobs.view)
    if not view.means.lock or not file.once(detect.is_learning):
        return
    for job in view.jobs:
        found = None if job.concurrency else detect.deploys(job)
        if found is not None:
            said = f"two runs of '{job.name}' can deploy at the same time"
            yield Finding(found.place, said, ID, SEVERITY, f"add '{view.means.lock}'")
