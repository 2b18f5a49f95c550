"""A schedule has five fields with values Jenkins allows, or is one of its names such as `@daily`.

Minute, hour, day of month, month, day of week; each with `*`, a number, a range, a step, a list, or `H`,
which Jenkins replaces by a number of its own so that not everything runs at midnight. Several lines may
stand in one schedule; a line may set the time zone with `TZ=`.

Bad:

```groovy
triggers {
    cron('0 25 * *')
}
```

Good:

```groovy
triggers {
    cron('H 2 * * *')
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#cron-syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.yaml.source import SourceFile

ID = "jenkins-cron"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
)
NAMES = ("@annually", "@yearly", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
PART = re.compile(
    r"(?:\*|(?P<hash>H)(?:\((?P<from>\d{1,4})-(?P<to>\d{1,4})\))?|(?P<low>\d{1,4})(?:-(?P<high>\d{1,4}))?)"
    r"(?:/(?P<step>\d{1,4}))?\Z"
)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield what is wrong with each literal schedule."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for trigger in pipeline.triggers:
            if trigger.name not in ("cron", "pollSCM"):
                continue
            key = "spec" if trigger.name == "cron" else "scmpoll_spec"
            written, value = trigger.text(key), trigger.argument(key)
            if written is None or value is None:
                continue
            for message, help in check_schedule(written):
                yield tree.finding(value, message, ID, help=help)


def check_schedule(text: str) -> Iterator[tuple[str, str | None]]:
    for line in text.splitlines():
        line = line.strip()
        if line and not line.startswith(("#", "TZ=")):
            yield from check_line(line)


def check_line(line: str) -> Iterator[tuple[str, str | None]]:
    """Yield what is wrong with one line of a schedule."""
    if line.startswith("@"):
        if line not in NAMES:
            yield f"unknown schedule '{line}'", suggest(line, NAMES) or f"the names are {', '.join(NAMES)}"
        return
    fields = line.split()
    if len(fields) != len(FIELDS):
        help = "they are minute, hour, day of the month, month, day of the week"
        yield f"the schedule '{line}' has {len(fields)} fields instead of 5", help
        return
    for field, (name, low, high) in zip(fields, FIELDS, strict=True):
        for part in field.split(","):
            if trouble := part_trouble(part, low, high):
                yield f"'{part}' is no {name}: {trouble}", None


def part_trouble(part: str, low: int, high: int) -> str | None:
    """Say what is wrong with one part of a field; None when nothing is."""
    found = PART.match(part)
    if found is None:
        return "write a number, a range, *, H, or one of them with a step"
    for start, end in (("low", "high"), ("from", "to")):
        first, last = found.group(start), found.group(end)
        for number in (first, last):
            if number is not None and not low <= int(number) <= high:
                return f"{number} is outside {low} to {high}"
        if first and last and int(first) > int(last):
            return f"the range {first}-{last} runs backwards"
    if found.group("step") and int(found.group("step")) == 0:
        return "a step cannot be 0"
    return None
