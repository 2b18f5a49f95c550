"""A library that makes the model is installed in any version.

The same code and data give another model under another TensorFlow, PyTorch or NumPy, and nobody can make
an old one again. Give exact versions, or install from a lock file; a requirements file that is named is
read, too.

Bad:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
    steps:
      - run: pip install tensorflow "numpy>=1.26"
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
      - run: pip install tensorflow==2.21.0 numpy==2.4.0
      - run: python -m ml.train --seed 1
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.packages import REQUIREMENT, installed, is_learning
from mlci.yaml.source import SourceFile

ID = "unpinned-training-dependency"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED
SIGNS = ("install",)


FLAGS = ("-r", "--requirement")
MAX_LINES = 2000


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at what each script installs, and at requirements files it names."""
    for script in file.once(jobs.view).scripts:
        if "install" in script.text.value:
            yield from check_script(file, script)


def check_script(file: SourceFile, script: jobs.Script) -> Iterator[Finding]:
    """Look at the installs of one script."""
    for command in script.commands:
        for package in installed(command):
            if is_learning(package.name) and not package.exact:
                mark = script.text.mark(package.start, len(package.written))
                said = f"'{package.name}' is installed in any version, and decides what the model becomes"
                yield Finding(mark, said, ID, SEVERITY, f"write {package.pinned}")
        words = command.words if command.name in ("pip", "pip3", "python", "python3", "uv") else ()
        for flag, word in pairwise(words):
            if flag.plain in FLAGS:
                loose = unpinned(file.root, word.plain)
                if loose:
                    mark = script.text.mark(word.start, len(word.raw))
                    said = f"'{word.plain}' leaves the version open of {', '.join(loose)}"
                    yield Finding(mark, said, ID, SEVERITY, "give exact versions: NAME==VERSION")


def unpinned(root: Path | None, name: str) -> list[str]:
    """Return the libraries a requirements file of the repository leaves open."""
    if root is None or ".." in name or name.startswith(("/", "$", "~")) or "://" in name:
        return []
    try:
        lines = (root / name).read_text("utf-8").splitlines()[:MAX_LINES]
    except (OSError, UnicodeDecodeError):
        return []
    found = []
    for line in lines:
        text = line.partition("#")[0].strip()
        match = REQUIREMENT.match(text)
        if (
            match is not None
            and is_learning(match[1])
            and not match[3].lstrip().startswith(("==", "@", "==="))
        ):
            found.append(match[1])
    return found
