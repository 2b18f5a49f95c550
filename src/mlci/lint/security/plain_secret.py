"""A secret stands in the file in plain text.

Whoever can read the repository has it, and it stays in the history after it is deleted. Revoke it, then
keep the new one in the vendor's store of secrets. Keys and tokens of a known form are errors; a password
of an unknown form is a warning.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    env:
      DEPLOY_PASSWORD: tr0ub4dor-and-3
    steps:
      - run: make deploy
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    env:
      DEPLOY_PASSWORD: ${{ secrets.DEPLOY_PASSWORD }}
    steps:
      - run: make deploy
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.kinds import EVERY
from mlci.lint.security.credentials import calls_secret, is_placeholder, tokens
from mlci.yaml.source import SourceFile

ID = "plain-secret"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = EVERY


HELP = "revoke it, and keep the new one in the vendor's store of secrets"


def check(file: SourceFile) -> Iterable[Finding]:
    """Look for tokens of known forms anywhere, then at variables whose name says secret."""
    found = set()
    for what, start, length in tokens(file.text):
        mark = file.mark_at(start, length)
        found.add(mark.line)
        yield Finding(mark, f"{what} stands here in plain text", ID, SEVERITY, HELP)
    for one in (*passwords(file), *variables(file)):
        if one.mark.line not in found:
            yield one


def passwords(file: SourceFile) -> Iterator[Finding]:
    """Look at what stands where only a password can."""
    for one in file.once(jobs.view).passwords:
        if literal(one.value.value):
            said = f"the {one.what} stands here in plain text"
            yield Finding(one.value.place, said, ID, one.severity, one.instead)


def variables(file: SourceFile) -> Iterator[Finding]:
    view = file.once(jobs.view)
    for one in (*view.env, *view.literals, *(one for job in view.jobs for one in job.env)):
        if not one.service and calls_secret(one.name) and is_secret(one.value.value, one.name):
            said = f"the value of '{one.name}' stands here in plain text"
            yield Finding(one.value.place, said, ID, "warning", HELP)


def is_secret(value: str, name: str) -> bool:
    """Tell whether a value that a variable has looks like a real secret."""
    return literal(value) and not is_placeholder(value, name)


def literal(value: str) -> bool:
    """Tell whether a value is written out: no expression, no variable."""
    return bool(value.strip()) and "${{" not in value and "$" not in value and "<<" not in value
