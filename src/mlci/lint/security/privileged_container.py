"""A container is given the whole machine.

With `--privileged`, the machine's process table or Docker's socket, whatever runs in the container, a
dependency of a dependency among it, can do what root on the machine can: read the secrets of other jobs, stay
for the next one. On a machine of your own that is the end of every other limit; on one that is thrown away
it still reaches the job's own secrets. Give the one capability or device that is needed.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    container:
      image: python:3.11.9
      options: --privileged
    steps: [{run: make}]
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    container:
      image: python:3.11.9
      options: --device=/dev/kvm
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "privileged-container"
SEVERITY: Severity = "info"
KINDS: tuple[str, ...] = jobs.VIEWED
SIGNS = ("--privileged", "docker.sock", "--cap-add", "--pid")


STARTERS = frozenset(("docker", "podman", "nerdctl"))
VERBS = frozenset(("run", "create"))

WHOLE = lazy(
    r"--privileged(?!=false)(?=[\s=]|$)|--pid[ =]host\b|--cap-add[ =](?:ALL|SYS_ADMIN)\b"
    r"|/var/run/docker\.sock:"
)


def check(file: SourceFile) -> Iterable[Finding]:
    for job in file.once(jobs.view).jobs:
        severity: Severity = "warning" if job.self_hosted else SEVERITY
        for text in job.options:
            for found in WHOLE.finditer(text.value):
                yield finding(text, found.start(), found[0], severity)
        for script in job.scripts:
            for start, given in places(script):
                yield finding(script.text, start, given, severity)


def finding(text: jobs.Text, start: int, given: str, severity: Severity) -> Finding:
    """Make the finding about one option."""
    said = f"'{given.rstrip(':')}' gives the container the whole machine"
    return Finding(text.mark(start, len(given)), said, ID, severity, "give it only what it needs")


def places(script: jobs.Script) -> Iterator[tuple[int, str]]:
    if WHOLE.search(script.text.value) is None:
        return
    for command in script.commands:
        if command.name in STARTERS and VERBS & set(command.run[1:3]):
            for word in command.words:
                found = WHOLE.search(word.raw)
                if found is not None:
                    yield word.start + found.start(), found[0]
