"""A workflow's schedule is no valid cron line, or uses what CircleCI's scheduler does not support.

There are five fields: minute, hour, day of month, month, day of week. Steps (`*/20`) are not supported.

Bad:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  nightly:
    triggers: [{schedule: {cron: "0 25 * * *", filters: {branches: {only: main}}}}]
    jobs: [build]
```

Good:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  nightly:
    triggers: [{schedule: {cron: "0 23 * * *", filters: {branches: {only: main}}}}]
    jobs: [build]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.language.cron import FIELDS, CronError, read_line
from mlci.vendors.circleci.syntax.model import read_config
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, sequence, text

ID = "circleci-schedule"
SEVERITY: Severity = "error"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    for workflow in file.once(read_config).workflows:
        for trigger in sequence(get(workflow.node, "triggers")):
            cron = get(trigger, "schedule", "cron")
            line = text(cron)
            if cron is None or line is None or "<<" in line:
                continue
            said = fault(line)
            if said is not None:
                yield Finding(file.mark(cron), said, ID, SEVERITY)
            elif "/" in line:
                said = "CircleCI's scheduler does not support steps such as '*/20'"
                yield Finding(file.mark(cron), said, ID, "warning", "list the values: 0,20,40")


def fault(line: str) -> str | None:
    """Say what is wrong with a line, None when nothing is; CircleCI takes `?` for `*`."""
    count = len(line.split())
    if count != len(FIELDS):
        return f"a cron line has five fields, this one has {count}"
    try:
        read_line(line.replace("?", "*"))
    except CronError as error:
        item, field = f"'{error.part[:20]}'", error.field
        if error.reason == "order":
            return f"{item} ends before it begins"
        if error.reason == "step":
            return f"{item} has no valid step"
        return f"{item} is no {field.name}: expected {field.least} to {field.most}"
    return None
