"""An argument is of another type than its parameter.

CircleCI refuses the configuration: `3.11` without quotes is a number and no text, `yes` a boolean, and an
expression that is the whole value has the type of what it names.

Bad:

```yaml
version: 2.1
jobs:
  test:
    parameters: {python: {type: string}}
    docker: [{image: "cimg/python:<< parameters.python >>"}]
    steps: [checkout]
workflows:
  main:
    jobs:
      - test: {python: 3.11}
```

Good:

```yaml
version: 2.1
jobs:
  test:
    parameters: {python: {type: string}}
    docker: [{image: "cimg/python:<< parameters.python >>"}]
    steps: [checkout]
workflows:
  main:
    jobs:
      - test: {python: "3.11"}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import JobUse, read_config
from mlci.vendors.circleci.syntax.types import mismatch
from mlci.vendors.circleci.syntax.uses import Call, every_call, parameters_of
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import sequence

ID = "circleci-argument-type"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")


def check(file: SourceFile) -> Iterator[Finding]:
    pipeline = file.once(read_config).parameters
    for call in file.once(every_call):
        for name, value in arguments(call):
            parameter = call.definition.parameters.get(name)
            if parameter is None:
                continue
            wrong = mismatch(value, parameter, parameters_of(call.owner), pipeline)
            if wrong is not None:
                said = f"the parameter '{name}' of {call.what}: {wrong}"
                yield Finding(file.mark(value), said, ID, SEVERITY)


def arguments(call: Call) -> Iterator[tuple[str, Node]]:
    yield from ((name, value) for name, _, value in call.given)
    if isinstance(call.owner, JobUse) and call.key is call.owner.key:
        for one in call.owner.matrix():
            yield from ((one.name, value) for value in sequence(one.value))
