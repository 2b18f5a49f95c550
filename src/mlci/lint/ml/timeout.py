"""A job that trains has no time limit.

Training that hangs, on a lock, a dead data loader, a loss that never falls, holds its machine until the
vendor ends it: six hours on GitHub, five on CircleCI, never on Jenkins. On a GPU that is money. Set a
limit a little above what it takes. Vendors whose jobs end after an hour by themselves are left out.

Bad:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    steps:
      - run: python -m ml.train
```

Good:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: python -m ml.train
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint.ml import detect
from mlci.yaml.source import SourceFile

ID = "training-without-timeout"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = detect.WHOLE


def check(file: SourceFile) -> Iterable[Finding]:
    for job, script, command in file.once(detect.training_jobs):
        limited = job.timeout or command.run[0] == "timeout"
        if not limited:
            mark = script.text.mark(command.start, command.end - command.start)
            said = f"'{job.name}' trains without a time limit"
            yield Finding(mark, said, ID, SEVERITY, "set one a little above what training takes")
