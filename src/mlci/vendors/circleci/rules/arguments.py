"""A job, command or executor is used with an argument it does not have, or without one it needs.

CircleCI refuses the configuration. A parameter without a default must be given by every use, or by the
job's matrix. Parameters of orbs are known of inline ones, and of mlci's own in the version of this mlci.

Bad:

```yaml
version: 2.1
commands:
  greet:
    parameters: {to: {type: string}}
    steps: [{run: echo << parameters.to >>}]
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps:
      - greet: {too: you}
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
commands:
  greet:
    parameters: {to: {type: string}}
    steps: [{run: echo << parameters.to >>}]
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps:
      - greet: {to: you}
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import JobUse
from mlci.vendors.circleci.syntax.uses import Call, every_call
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "circleci-arguments"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")


def check(file: SourceFile) -> Iterator[Finding]:
    for call in file.once(every_call):
        yield from unknown(file, call)
        yield from missing(file, call)


def offer(known: Collection[str]) -> str:
    return f"it has {', '.join(known)}" if known else "it has no parameters"


def unknown(file: SourceFile, call: Call) -> Iterator[Finding]:
    known = call.definition.parameters
    for name, key in [*((name, key) for name, key, _ in call.given), *axes(call)]:
        if name not in known:
            said = f"the {call.what} has no parameter '{name}'"
            help = hint(file, name, known) or offer(known)
            yield Finding(file.mark(key), said, ID, SEVERITY, help)


def axes(call: Call) -> Iterator[tuple[str, Node]]:
    if isinstance(call.owner, JobUse):
        yield from ((one.name, one.key) for one in call.owner.matrix() if call.key is call.owner.key)


def missing(file: SourceFile, call: Call) -> Iterator[Finding]:
    given = {name for name, _, _ in call.given} | call.also
    for parameter in call.definition.parameters.values():
        if parameter.required and parameter.name not in given:
            said = f"the {call.what} needs the parameter '{parameter.name}'"
            help = f"give it a value, or '{parameter.name}' a default where it is declared"
            yield Finding(file.mark(call.key), said, ID, SEVERITY, help)
