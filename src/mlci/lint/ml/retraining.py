"""A schedule trains and hands on a model that is never compared with the one in use.

New data can be worse data: a broken feed or a shift makes a worse model, and by next morning it is live.
Compare the candidate with the deployed model on the same test set, and stop if it is worse; mlci's stage
`retrain` does.

Bad:

```yaml
on: {schedule: [{cron: '0 3 * * *'}]}
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: python -m ml.train --seed 1
      - run: rsync -a model/ models.example.com:/srv/models/
```

Good:

```yaml
on: {schedule: [{cron: '0 3 * * *'}]}
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: python -m ml.train --seed 1
      - run: python -m ml.compare --champion https://models.example.com
      - run: rsync -a model/ models.example.com:/srv/models/
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.ml import detect
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "retrain-without-comparison"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED

COMPARISON = lazy(
    r"compar|champion|challenger|baseline|bless|promot|regress|metrics diff|params diff|\bcml\b"
    r"|(?:current|deployed|production|previous|old)[_ -]?model|uses: *retrain|\bgates?\b",
    re.IGNORECASE,
)

HANDING_ON = lazy(
    r"\bdvc push\b|\baws s3 (?:cp|sync)\b|\bgsutil\b|register[_-]model|\bdocker push\b|hf upload"
)
"""Commands that give a model to others without deploying it."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at a pipeline that a schedule starts."""
    view = file.once(jobs.view)
    if not view.schedules or not file.once(detect.training_jobs) or COMPARISON.search(file.text):
        return
    hands_on = any(HANDING_ON.search(script.text.value) for script in view.scripts)
    if hands_on or any(detect.deploys(job) for job in view.jobs):
        said = "this schedule trains and hands on a model without comparing it with the one in use"
        help = "compare both on one test set, and stop if the new one is worse"
        yield Finding(view.schedules[0], said, ID, SEVERITY, help)
