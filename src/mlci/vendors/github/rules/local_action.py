"""A step uses an action of the same repository that is not there, or whose `action.yml` GitHub refuses.

The step fails when the job comes to it, long after the push that broke the action. What is wrong stands
in the action's own file; linting that tells each mistake at its place.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: ./.github/actions/greet
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: acme/greet@5f0fd6a1f4b7e0a2d3c4b5a697886706b5a4c3d2 # v1.2.0
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from mlci.errors import InputError
from mlci.findings import Finding, Severity
from mlci.lint import kinds
from mlci.vendors.github.rules.problems import Expressions, of_form
from mlci.vendors.github.syntax import interfaces, model
from mlci.vendors.github.syntax.model import Step
from mlci.yaml.document import read_text
from mlci.yaml.neighbours import is_file
from mlci.yaml.source import SourceFile

ID = "github-broken-action"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)
SIGNS = ("./",)


NAMES = ("action.yml", "action.yaml")


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at the metadata of each local action that is used."""
    if file.root is None:
        return
    for job in file.once(model.read_workflow).jobs:
        brought = False
        for step in job.steps:
            brought = brought or brings(step)
            if step.uses.startswith("./"):
                yield from check_step(file, step, brought=brought)


def brings(step: Step) -> bool:
    """Tell whether a step may bring actions that the repository does not hold."""
    given = step.given
    elsewhere = given.value("repository") is not None or given.value("path") is not None
    return step.uses.startswith("actions/checkout@") and elsewhere


def check_step(file: SourceFile, step: Step, *, brought: bool) -> Iterator[Finding]:
    """Look at the metadata of one action."""
    folder = interfaces.inside(file.root, step.uses)
    if folder is None:
        return
    path = next((folder / name for name in NAMES if is_file(folder / name)), None)
    if path is None:
        if not brought and not is_file(folder / "Dockerfile"):
            said = f"there is no action.yml in '{step.uses}'"
            yield Finding(file.mark(step.value("uses")), said, ID, "warning")
        return
    faults = faults_at(str(path), path.stat().st_mtime_ns)
    if faults:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        said = f"the action '{step.uses}' is broken: {faults[0]}{more}"
        yield Finding(file.mark(step.value("uses")), said, ID, SEVERITY, f"see {path.name} there")


@lru_cache(maxsize=256)
def faults_at(path: str, changed: int) -> tuple[str, ...]:
    """Return what makes GitHub refuse an action's metadata, as it was at a time."""
    try:
        text = read_text(Path(path), path)
    except InputError as error:
        return tuple(found.message for found in error.findings)
    action = SourceFile(path, text, kinds.BY_ID["github-action"])
    if not action.sound:
        return tuple(found.message for found in action.problems)
    said = [one for topic in of_form(action).values() for one in topic]
    said += [one for topic in action.once(Expressions).found.values() for one in topic]
    said = [one for one in said if one.severity in (None, "error")]
    return tuple(one.message for one in sorted(said, key=lambda one: one.mark))
