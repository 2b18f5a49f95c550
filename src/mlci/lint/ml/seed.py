"""Nothing sets the seed of a training.

Weights start at random, and data is shuffled at random: two runs of the same commit give two models, and
a change cannot be told from chance. Give a seed as an option or a variable. When the script lies in the
repository, it is looked at, too; under `mlci exec` the seeds are set.

Bad:

```yaml
on: push
jobs:
  train:
    runs-on: ubuntu-24.04
    timeout-minutes: 90
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
      - run: python -m ml.train --seed 42
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.commands import Command
from mlci.lint.ml import detect
from mlci.yaml.source import SourceFile

ID = "training-without-seed"
SEVERITY: Severity = "info"
KINDS: tuple[str, ...] = jobs.VIEWED


MAX_BYTES = 500_000


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each job that trains; what mlci runs itself has a seed."""
    if file.kind.vendor == "mlci":
        return
    view = file.once(jobs.view)
    for job, script, command in file.once(detect.training_jobs):
        names = [one.name.lower() for one in (*view.env, *job.env)]
        told = any("seed" in name for name in names) or any(
            "seed" in one.text.value.lower() for one in job.scripts
        )
        if not told and not any(has_seed(path) for path in sources(file.root, command)):
            mark = script.text.mark(command.start, command.end - command.start)
            said = f"nothing sets a seed for the training of '{job.name}'"
            yield Finding(mark, said, ID, SEVERITY, "give one, such as --seed 42")


def sources(root: Path | None, command: Command) -> Iterator[Path]:
    if root is None:
        return
    for word in detect.unwrap(command.run)[1:6]:
        if ".." in word or word.startswith(("-", "/", "$")):
            continue
        yield root / word if word.endswith((".py", ".sh")) else root / f"{word.replace('.', '/')}.py"


def has_seed(path: Path) -> bool:
    """Tell whether a file says something of a seed."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return False
        return "seed" in path.read_text("utf-8", errors="replace").lower()
    except (OSError, ValueError):  # none that can be read, or no path at all
        return False
