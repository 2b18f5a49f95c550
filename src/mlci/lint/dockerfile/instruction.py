"""An instruction of a Dockerfile that does not exist, stands in the wrong place, or lacks its arguments.

Docker stops before the first layer. A Dockerfile begins with FROM; only ARG may come before.

Bad:

```dockerfile
FROM python:3.12
RNU pip install .
```

Good:

```dockerfile
FROM python:3.12
RUN pip install .
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.lint.dockerfile.model import Instruction, instructions
from mlci.yaml.source import SourceFile

ID = "docker-instruction"
SEVERITY: Severity = "error"
KINDS = ("dockerfile",)
KNOWN = tuple(
    word
    for line in (
        "FROM RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER",
        "WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL MAINTAINER",
    )
    for word in line.split()
)
TWO = ("COPY", "ADD")


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield what is wrong with each instruction by itself, and with their order."""
    found = file.once(instructions)
    began = False
    for one in found:
        fault = wrong(one)
        if fault is not None:
            said, help = fault
            yield Finding(one.mark, said, ID, SEVERITY, help)
        elif not began and one.name not in ("FROM", "ARG"):
            yield Finding(one.mark, f"{one.name} stands before the first FROM", ID, SEVERITY)
            began = True
        began = began or is_base(one)
    if found and not any(map(is_base, found)):
        yield Finding(found[0].mark, "there is no FROM", ID, SEVERITY)


def is_base(one: Instruction) -> bool:
    """Tell whether an instruction is FROM, or is meant to be."""
    return one.name == "FROM" or (one.name not in KNOWN and suggest(one.name, ("FROM",)) is not None)


def wrong(one: Instruction) -> tuple[str, str | None] | None:
    if one.name not in KNOWN:
        return f"unknown instruction '{one.name[:40]}'", suggest(one.name, KNOWN)
    if not one.bare:
        return f"{one.name} has no arguments", None
    if one.name in TWO and len(one.bare.split()) < 2 and "<<" not in one.arguments:
        return f"{one.name} needs a source and a destination", None
    return None
