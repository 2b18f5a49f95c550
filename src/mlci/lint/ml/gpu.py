"""A job that needs a GPU runs on a machine without one, or the reverse.

Without a GPU, training falls back to the processor and takes days, or fails after the queue and the
set-up. A job that does not need one, linting or copying, keeps others from an expensive machine.

Bad:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: python -m ml.train --device cuda
```

Good:

```yaml
on: push
jobs:
  train:
    runs-on: [self-hosted, gpu]
    timeout-minutes: 90
    steps:
      - run: python -m ml.train --device cuda
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.ml import detect
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "gpu-mismatch"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


NAMES = """
ruff black flake8 mypy pylint isort pre-commit pip pip3 uv npm yarn echo kubectl helm scp rsync cd mkdir cp
git set export curl actionlint
"""
CHEAP = frozenset(NAMES.split())
"""Programs that never use a GPU."""


HINTS = ("nvidia", "gpu", "cuda", "CUDA", "/whl/cu")
"""One of these is in every script that asks for a GPU."""

MARKER = lazy(
    r"\bnvidia-smi\b|--gpus?[ =](?!0\b|none\b)\S|--device[ =]cuda|--accelerator[ =](?:gpu|cuda)"
    r"|\bCUDA_VISIBLE_DEVICES=\d|\btensorflow-gpu\b|\bonnxruntime-gpu\b|/whl/cu\d"
)


HELP = "run it on a machine with a GPU, or leave the GPU out"


def check(file: SourceFile) -> Iterable[Finding]:
    for job in file.once(jobs.view).jobs:
        if job.gpu is False:
            yield from lacking(job)
        elif job.gpu and is_cheap(job):
            said = f"'{job.name}' holds a machine with a GPU, but nothing in it uses one"
            yield Finding(job.place, said, ID, "info", "run it on a plain machine")


def lacking(job: jobs.Job) -> Iterator[Finding]:
    """Look for what asks for a GPU where there is none."""
    for script in job.scripts:
        text = script.text.value
        found = MARKER.search(text) if any(sign in text for sign in HINTS) else None
        if found is not None:
            said = f"'{job.name}' asks for a GPU, but its machine has none"
            mark = script.text.mark(found.start(), len(found[0]))
            yield Finding(mark, said, ID, SEVERITY, HELP)
            return
    for image in job.images:
        name = image.value.lower()
        if re.search(r"(?<![a-z])(?:cuda|gpu)(?![a-z])", name) and detect.trains(job):
            said = f"'{job.name}' runs in an image for GPUs, but its machine has none"
            yield Finding(image.place, said, ID, SEVERITY, HELP)


def is_cheap(job: jobs.Job) -> bool:
    """Tell whether all that a job runs never uses a GPU."""
    names = [command.name for script in job.scripts for command in script.commands]
    return bool(names) and all(name in CHEAP for name in names)
