"""A Dockerfile copies from a build stage that does not exist, or names two stages alike.

Docker takes an unknown stage for the name of an image and tries to fetch it.

Bad:

```dockerfile
FROM python:3.12 AS builder
RUN pip wheel .
FROM python:3.12-slim
COPY --from=bulider /wheels /wheels
```

Good:

```dockerfile
FROM python:3.12 AS builder
RUN pip wheel .
FROM python:3.12-slim
COPY --from=builder /wheels /wheels
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.dockerfile.model import Instruction, instructions, stages
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "docker-stage"
SEVERITY: Severity = "error"
KINDS = ("dockerfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield stages that are named twice, and copies from stages that do not exist."""
    met: dict[str, int] = {}
    for stage in file.once(stages):
        name = (stage.name or "").lower()
        if name and name in met:
            said = f"there is a stage '{stage.name}' on line {met[name]} already"
            yield Finding(stage.instruction.mark, said, ID, SEVERITY)
        elif name:
            met[name] = stage.instruction.mark.line
    for one in file.once(instructions):
        yield from source(file, one, met)


def source(file: SourceFile, one: Instruction, names: dict[str, int]) -> Iterator[Finding]:
    """Yield that an instruction copies from a stage that does not exist."""
    given = one.flag("from") if one.name in ("COPY", "ADD") else None
    if not given or "$" in given or given.lower() in names:
        return
    if given.isdecimal() and (len(given) > 9 or int(given) >= len(file.once(stages))):
        yield Finding(one.mark, f"there is no stage {given}; the first is 0", ID, SEVERITY)
    elif not given.isdecimal() and not any(sign in given for sign in "/:@."):
        near = hint(file, given.lower(), names)
        if near is not None:
            yield Finding(one.mark, f"there is no stage '{given}'", ID, SEVERITY, near)
