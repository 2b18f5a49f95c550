"""A model is deployed without anybody or anything in between.

Each push, or each night's training, reaches the users at once. Put an environment with reviewers, an
approval or a manual start before it; in mlci.yaml `environment:` or `{approve: …}`.

Bad:

```yaml
on: push
jobs:
  deploy:
    runs-on: ubuntu-24.04
    concurrency: deploy
    steps:
      - run: rsync -a model/ models.example.com:/srv/models/
```

Good:

```yaml
on: push
jobs:
  deploy:
    runs-on: ubuntu-24.04
    concurrency: deploy
    environment: production
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

ID = "deploy-without-gate"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = detect.WHOLE


def check(file: SourceFile) -> Iterable[Finding]:
    view = file.once(jobs.view)
    if not view.means.gate or not file.once(detect.is_learning):
        return
    if view.triggers and view.triggers <= {"manual", "tag", "call"}:
        return
    for job in view.jobs:
        found = None if job.gated else detect.deploys(job)
        if found is not None:
            said = f"'{job.name}' deploys without an environment, an approval or a manual start before it"
            yield Finding(found.place, said, ID, SEVERITY, f"add {view.means.gate}")
