"""A step gives an action an input it does not have, or not one it requires.

Inputs are read from the `action.yml` of actions in the same repository, and known of the most used ones.
GitHub ignores an unknown input with a warning in the log, so that a misspelt one has no effect; without a
required one the action fails, or works on nothing.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5
        with:
          path: ~/.cache/pip
          keys: pip
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5
        with:
          path: ~/.cache/pip
          key: pip
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import interfaces, model
from mlci.vendors.github.syntax.interfaces import Interface
from mlci.vendors.github.syntax.model import Step
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "github-action-inputs"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


def check(file: SourceFile) -> Iterable[Finding]:
    for job in file.once(model.read_workflow).jobs:
        for step in job.steps:
            if step.uses and "${{" not in step.uses:
                action = interfaces.action(file, step)
                if action is not None:
                    yield from check_step(file, step, action)


def check_step(file: SourceFile, step: Step, action: Interface) -> Iterator[Finding]:
    node = step.value("with")
    if node is not None and node.id != "mapping" and node.value:
        return
    given = step.given.keys
    for name, (key, _) in given.items():
        yield from check_input(file, name, key, step, action)
    if action.required:
        names = {name.lower() for name in given}
        for name in action.required:
            if name not in names:
                said = f"the action '{step.uses}' requires the input '{action.inputs[name].name}'"
                yield Finding(file.mark(step.value("uses")), said, ID, SEVERITY)


def check_input(file: SourceFile, name: str, key: Node, step: Step, action: Interface) -> Iterator[Finding]:
    """Look at one input that is given."""
    declared = action.inputs.get(name.lower())
    if declared is None:
        if "${{" not in name:
            known = ", ".join(one.name for one in action.inputs.values()) or "none"
            said = f"the action '{step.uses}' has no input '{name}'; it has {known}"
            yield Finding(file.mark(key), said, ID, "warning", hint(file, name.lower(), action.inputs))
    elif declared.deprecated is not None:
        said = f"the input '{name}' of '{step.uses}' is deprecated: {declared.deprecated}"
        yield Finding(file.mark(key), said, ID, "warning")
