"""Data or a model is downloaded, and nothing checks that it is the right one.

A file that was cut off, changed or swapped trains another model without a word. Keep the digest in the
repository and compare it after the download, or fetch by a tool that does (DVC, a bundle of mlci).

Bad:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: curl -sSfLO https://data.example.com/train.csv.gz
      - run: python -m ml.train --seed 1
```

Good:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: |
          curl -sSfLO https://data.example.com/train.csv.gz
          sha256sum --check data.sha256
      - run: python -m ml.train --seed 1
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

ID = "data-without-digest"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED
SIGNS = ("http", "ftp")

DATA = lazy(
    r"(?:https?|ftp)://[^\s\"']+\.(?:zip|tar|tgz|gz|bz2|xz|zst|csv|tsv|parquet|feather|arrow|npz|npy|h5|hdf5|keras|pt|pth"
    r"|onnx|safetensors|pkl|joblib|tfrecords?|jsonl|bin)(?=[?\s\"']|$)",
    re.IGNORECASE,
)

COMPARISON = lazy(
    r"sha(?:1|224|256|384|512)|md5sum|b2sum|b3sum|checksum|gpg --verify|cosign|minisign|hashlib"
)


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at downloads in files about machine learning."""
    if not file.once(detect.is_learning):
        return
    for job in file.once(jobs.view).jobs:
        if not any(COMPARISON.search(script.text.value) for script in job.scripts):
            for script in job.scripts:
                yield from check_script(script)


def check_script(script: jobs.Script) -> Iterator[Finding]:
    """Look at the downloads of one script; tools that are installed are no data."""
    if DATA.search(script.text.value) is None:
        return
    for command in script.commands:
        if command.name not in ("curl", "wget", "aria2c") or command.joint == "|":
            continue
        for word in command.words[1:]:
            found = DATA.search(word.plain)
            if found is not None and "/releases/download/" not in found[0]:
                said = f"'{found[0].rpartition('/')[2]}' is downloaded without comparing its digest"
                mark = script.text.mark(word.start, len(word.raw))
                yield Finding(mark, said, ID, SEVERITY, "add: sha256sum --check FILE.sha256")
