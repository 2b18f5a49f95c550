"""A model is handed on as a pickle.

Loading a pickle, or what joblib writes, runs whatever code its bytes say: whoever can change the file
runs code where it is loaded, the server included. It also breaks with the next version of a library. Use
a format that holds nothing but data: Keras, ONNX, safetensors, a booster's own JSON.

Bad:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: python -m ml.train --seed 1 --output model.pkl
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with: {path: model.pkl, name: model}
```

Good:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: python -m ml.train --seed 1 --output model.keras
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with: {path: model.keras, name: model}
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "pickled-model"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED
SIGNS = ("pkl", "pickle", "joblib", "dill")

PATTERN = lazy(
    r"[\w./*$\{\}-]*\.(?:pkl|pickle|joblib)\b(?!\.\w)|\b(?:pickle|joblib|cloudpickle|dill)\.dump\b"
)
"""The name of a pickled model, or what writes one."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at what is handed on, then at scripts; each name is told once."""
    seen: set[str] = set()
    view = file.once(jobs.view)
    texts = [text for job in view.jobs for text in (*job.artifacts, *job.caches)]
    for text in (*texts, *(script.text for script in view.scripts)):
        if not any(word in text.value for word in ("pkl", "pickle", "joblib", "dill")):
            continue
        for found in PATTERN.finditer(text.value):
            name = found[0].rpartition("/")[2]
            if name not in seen:
                seen.add(name)
                said = f"'{found[0]}' is a pickle: loading it runs whatever code it holds"
                mark = text.mark(found.start(), len(found[0]))
                yield Finding(
                    mark, said, ID, SEVERITY, "use a format that holds only data: Keras, ONNX, safetensors"
                )
