"""A called workflow gets all secrets there are.

`secrets: inherit` hands over every secret of the caller, also those the called workflow has no use for.
Name the ones it needs; for workflows of other repositories above all.

Bad:

```yaml
on: push
jobs:
  deploy:
    uses: acme/pipelines/.github/workflows/deploy.yml@5f0fd6a1f4b7e0a2d3c4b5a697886706b5a4c3d2
    secrets: inherit
```

Good:

```yaml
on: push
jobs:
  deploy:
    uses: acme/pipelines/.github/workflows/deploy.yml@5f0fd6a1f4b7e0a2d3c4b5a697886706b5a4c3d2
    secrets:
      deploy-key: ${{ secrets.DEPLOY_KEY }}
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.yaml.source import SourceFile

ID = "inherited-secrets"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow",)
SIGNS = ("inherit",)


def check(file: SourceFile) -> Iterable[Finding]:
    for job in file.once(model.read_workflow).jobs:
        if job.text("secrets") == "inherit":
            own = job.text("uses").startswith("./")
            said = "the called workflow gets all secrets, needed or not"
            yield Finding(file.mark(job.value("secrets")), said, ID, "info" if own else SEVERITY, "name them")
