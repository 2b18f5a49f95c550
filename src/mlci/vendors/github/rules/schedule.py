"""A schedule is no time GitHub understands, comes too often, or names an unknown time zone.

GitHub reads five fields of POSIX cron, in UTC unless `timezone` says otherwise, and starts a workflow
every five minutes at most: what is asked for more often comes later than one thinks.

Bad:

```yaml
on:
  schedule:
    - cron: '0 */3 * *'
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```

Good:

```yaml
on:
  schedule:
    - cron: '0 */3 * * *'
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.github.syntax import cron, model
from mlci.vendors.github.syntax.form.walk import called
from mlci.vendors.github.syntax.model import Part, absent
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

ID = "github-cron"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)
SIGNS = ("schedule",)


KEYS = ("cron", "timezone")


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each entry of `on.schedule`."""
    pair = file.once(model.read_workflow).events.get("schedule")
    node = None if pair is None else pair[1]
    if node is None or absent(node):
        return
    if node.id != "sequence" or not node.value:
        said = f"'schedule' must be a list of 'cron' entries, not {called(node) if node.value else 'empty'}"
        yield Finding(file.mark(node), said, ID, SEVERITY)
        return
    for item in node.value:
        yield from check_item(file, item)


def check_item(file: SourceFile, node: Node) -> Iterator[Finding]:
    """Look at one entry."""
    if node.id != "mapping":
        said = f"an entry of 'schedule' must be a mapping with 'cron', not {called(node)}"
        yield Finding(file.mark(node), said, ID, SEVERITY)
        return
    part = Part(node)
    for name, (key, _) in part.keys.items():
        if name not in KEYS:
            said = f"unknown key '{name}' in 'schedule'; expected one of {', '.join(KEYS)}"
            yield Finding(file.mark(key), said, ID, SEVERITY, suggest(name, KEYS))
    time = part.value("cron")
    if time is None or time.id != "scalar":
        yield Finding(file.mark(node), "an entry of 'schedule' lacks 'cron'", ID, SEVERITY)
    else:
        yield from check_time(file, time)
    zone = part.value("timezone")
    if zone is not None and zone.id == "scalar" and not is_zone(zone.value):
        said = f"there is no time zone '{zone.value}'"
        yield Finding(file.mark(zone), said, ID, SEVERITY, "IANA's names are like 'Europe/London'")


def check_time(file: SourceFile, node: Node) -> Iterator[Finding]:
    try:
        times = cron.read_times(node.value)
    except cron.TimeError as error:
        yield Finding(file.mark(node), f"not a time: {error}", ID, SEVERITY)
        return
    if times.interval < cron.SHORTEST:
        limit = f"GitHub starts a workflow every {cron.SHORTEST} minutes at most"
        said = f"this asks for a run {every(times.interval)}, but {limit}"
        yield Finding(file.mark(node), said, ID, "warning")


def every(minutes: int) -> str:
    return "every minute" if minutes == 1 else f"every {minutes} minutes"


def is_zone(name: str) -> bool:
    """Tell whether a time zone exists; any does where the system knows none at all."""
    import zoneinfo

    def known(one: str) -> bool:
        try:
            zoneinfo.ZoneInfo(one)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return False
        return True

    return known(name) or not known("Europe/London")
