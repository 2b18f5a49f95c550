"""A model is handed on by the cache.

A cache may be gone, may be an older run's, and may be another branch's: the job that tests or deploys
takes whatever it finds. Hand a model on as an artifact or through the workspace, which belongs to this
run; caches are for what can be made again.

Bad:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: python -m ml.train --seed 1
      - uses: actions/cache/save@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5
        with: {path: model/, key: "model-${{ github.sha }}"}
```

Good:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: python -m ml.train --seed 1
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with: {path: model/, name: model}
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

ID = "model-in-cache"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED

MODEL = lazy(
    r"(?:^|/)(?:models?|checkpoints?|saved_model|weights)(?:/|$|\*)"
    r"|\.(?:keras|h5|hdf5|pt|pth|ckpt|onnx|pkl|joblib|safetensors|pb)$",
    re.IGNORECASE,
)
"""What a path of a model looks like."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at what is cached in a pipeline that trains."""
    view = file.once(jobs.view)
    if not any(job.caches for job in view.jobs) or not file.once(detect.training_jobs):
        return
    for job in view.jobs:
        for text in job.caches:
            at = 0
            for line in text.value.split("\n"):
                path = line.strip()
                if path and not path.startswith(("~", "/", "$", "!")) and MODEL.search(path.rstrip("/")):
                    mark = text.mark(at + line.index(path), len(path))
                    said = f"the model in '{path}' is handed on by the cache"
                    yield Finding(
                        mark, said, ID, SEVERITY, "hand it on as an artifact or through the workspace"
                    )
                at += len(line) + 1
