"""A schedule in `dependabot.yml` contradicts itself.

`cronjob` is for `interval: cron` alone, and such an interval cannot do without it; the time is one of
five fields. Dependabot refuses the file, and updates stop coming.

Bad:

```yaml
version: 2
updates:
  - package-ecosystem: pip
    directory: /
    schedule:
      interval: daily
      cronjob: 0 3 * * *
```

Good:

```yaml
version: 2
updates:
  - package-ecosystem: pip
    directory: /
    schedule:
      interval: cron
      cronjob: 0 3 * * *
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import cron
from mlci.vendors.github.syntax.model import Part, listed
from mlci.yaml.source import SourceFile

ID = "dependabot-schedule"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("dependabot",)


def check(file: SourceFile) -> Iterable[Finding]:
    for node in listed(Part(file.root_node).value("updates")):
        yield from check_schedule(file, Part(node).inner("schedule"))


def check_schedule(file: SourceFile, schedule: Part) -> Iterator[Finding]:
    interval, time = schedule.text("interval"), schedule.value("cronjob")
    if interval == "cron" and time is None:
        said = "'interval: cron' needs a 'cronjob'"
        yield Finding(file.mark(schedule.value("interval")), said, ID, SEVERITY)
    elif interval and interval != "cron" and time is not None:
        said = f"'cronjob' is for 'interval: cron', not for '{interval}'"
        yield Finding(file.mark(schedule.keys["cronjob"][0]), said, ID, SEVERITY)
    elif time is not None and time.id == "scalar":
        try:
            cron.read_times(time.value)
        except cron.TimeError as error:
            yield Finding(file.mark(time), f"not a time: {error}", ID, SEVERITY)
