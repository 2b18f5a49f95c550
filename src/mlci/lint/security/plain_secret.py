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
from mlci.lint.security.credentials import is_placeholder, names_secret, tokens
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Part, keyed
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
    for one in (*registry_passwords(file), *variables(file)):
        if one.mark.line not in found:
            yield one


def registry_passwords(file: SourceFile) -> Iterator[Finding]:
    """Look at the passwords of a workflow's containers, and of Dependabot's registries."""
    if file.kind.id == "dependabot":
        for name, (_, one) in keyed(Part(file.root_node).value("registries")).items():
            yield from registry(file, name, Part(one))
    if file.kind.id != "github-workflow" or "credentials" not in file.text:
        return
    for job in file.once(model.read).jobs:
        for _, node in [("", job.value("container")), *keyed(job.value("services")).values()]:
            password = Part(node).inner("credentials").value("password")
            if password is not None and password.id == "scalar" and literal(password.value):
                said = "the password of the registry stands here in plain text"
                yield Finding(file.mark(password), said, ID, SEVERITY, "use ${{ secrets.NAME }}")


def registry(file: SourceFile, name: str, part: Part) -> Iterator[Finding]:
    """Look at what logs Dependabot in to one registry."""
    for key in ("password", "token", "key"):
        node = part.value(key)
        if node is not None and node.id == "scalar" and is_secret(node.value, key):
            said = f"the {key} of the registry '{name}' stands here in plain text"
            yield Finding(file.mark(node), said, ID, SEVERITY, "use ${{ secrets.NAME }}")


def variables(file: SourceFile) -> Iterator[Finding]:
    """Look at variables by their names."""
    if file.kind.vendor in OWN_RULES:
        return
    view = file.once(jobs.view)
    for one in (*view.env, *(one for job in view.jobs for one in job.env)):
        if not one.service and names_secret(one.name) and is_secret(one.value.value, one.name):
            said = f"the value of '{one.name}' stands here in plain text"
            yield Finding(one.value.place, said, ID, "warning", HELP)


def is_secret(value: str, name: str) -> bool:
    """Tell whether a value that a variable has looks like a real secret."""
    return literal(value) and not is_placeholder(value, name)


OWN_RULES = ("jenkins",)
"""Vendors that have a rule of their own for variables."""


def literal(value: str) -> bool:
    """Tell whether a value is written out: no expression, no variable."""
    return bool(value.strip()) and "${{" not in value and "$" not in value and "<<" not in value
