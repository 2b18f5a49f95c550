"""`on` names an event, an activity type or a filter that does not exist, or filters that exclude each other.

GitHub refuses the file, or the workflow never starts. `branches` and `branches-ignore` cannot stand side
by side (use `!` to take a pattern out); filters of tags are for `push` only.

Bad:

```yaml
on:
  push:
    branch: main
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```

Good:

```yaml
on:
  push:
    branches: [main]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.events import EVENTS, EXCLUSIVE, FILTERS, RETIRED, Event
from mlci.vendors.github.syntax.form.walk import called
from mlci.vendors.github.syntax.model import absent, keyed, listed
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

ID = "github-event"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)


BARE = ("schedule",)
"""Events that say nothing by their name alone."""
OWN_FORM = ("schedule", "workflow_dispatch", "workflow_call")
"""Events whose configuration another rule reads."""


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    pair = workflow.keys.get("on")
    if pair is None:
        return
    if absent(pair[1]) or not pair[1].value:
        yield Finding(file.mark(pair[1]), "'on' must name an event", ID, SEVERITY)
    for item in pair[1].value if pair[1].id == "sequence" else ():
        if item.id != "scalar":
            said = f"each item of 'on' must be the name of an event, not {called(item)}"
            yield Finding(file.mark(item), said, ID, SEVERITY)
    for name, (key, node) in workflow.events.items():
        yield from check_event(file, name, key, node)


def check_event(file: SourceFile, name: str, key: Node, node: Node | None) -> Iterator[Finding]:
    """Look at one event and its configuration."""
    event = EVENTS.get(name)
    if name in RETIRED:
        said = f"GitHub has dropped the event '{name}' with its classic projects"
        yield Finding(file.mark(key), said, ID, "warning")
    if event is None and name not in RETIRED:
        yield Finding(file.mark(key), f"there is no event '{name}'", ID, SEVERITY, suggest(name, EVENTS))
    if event is None:
        return
    if name in BARE and absent(node):
        yield Finding(file.mark(key), f"'{name}' needs a list of 'cron' entries", ID, SEVERITY)
    if name == "workflow_run" and "workflows" not in keyed(node):
        yield Finding(file.mark(key), "'workflow_run' lacks 'workflows'", ID, "warning")
    if node is None or absent(node) or name in OWN_FORM:
        return
    if node.id != "mapping":
        said = f"'{name}' must be a mapping or nothing, not {called(node)}"
        yield Finding(file.mark(node), said, ID, SEVERITY)
        return
    if not node.value:
        yield Finding(file.mark(node), f"'{name}' must not be empty", ID, "warning")
    yield from check_keys(file, name, event, node)


def check_keys(file: SourceFile, name: str, event: Event, node: Node) -> Iterator[Finding]:
    """Look at the keys beneath an event."""
    entries = keyed(node)
    for key, (key_node, value) in entries.items():
        if key == "types" and event.types != ():
            yield from check_types(file, name, event, value)
        elif key in event.filters:
            yield from check_filter(file, key, value)
        else:
            yield Finding(file.mark(key_node), unknown(name, event, key), ID, SEVERITY, hint(event, key))
    for first, second in EXCLUSIVE:
        if first in entries and second in entries:
            later = max(entries[first][0], entries[second][0], key=place)
            said = f"'{first}' and '{second}' cannot both filter '{name}'"
            yield Finding(file.mark(later), said, ID, SEVERITY, "take patterns out with '!' in one list")


def place(node: Node) -> tuple[int, int]:
    return node.line, node.column


def unknown(name: str, event: Event, key: str) -> str:
    """Say that an event does not take a key."""
    if key in FILTERS:
        return f"'{key}' is not for '{name}', only for {', '.join(FILTERS[key])}"
    if key == "types":
        return f"'{name}' has no activity types"
    return f"unknown key '{key}' in '{name}'; expected {', '.join(wanted(event)) or 'none'}"


def wanted(event: Event) -> list[str]:
    return [*event.filters, *(("types",) if event.types != () else ())]


def hint(event: Event, key: str) -> str | None:
    return suggest(key, wanted(event))


def check_types(file: SourceFile, name: str, event: Event, node: Node) -> Iterator[Finding]:
    """Look at the activity types."""
    items = listed(node)
    if not items:
        said = "'types' must be a list" if node.id == "mapping" else "'types' must not be empty"
        yield Finding(file.mark(node), said, ID, SEVERITY)
    for item in items:
        if item.id != "scalar":
            yield Finding(file.mark(item), f"a type must be text, not {called(item)}", ID, SEVERITY)
        elif event.types is not None and item.value not in event.types and "${{" not in item.value:
            said = f"'{name}' has no type '{item.value}'; it has {', '.join(event.types)}"
            yield Finding(file.mark(item), said, ID, SEVERITY, suggest(item.value, event.types))


def check_filter(file: SourceFile, key: str, node: Node) -> Iterator[Finding]:
    """Look at a filter's form; its patterns are another rule's business."""
    items = listed(node)
    if not items:
        said = f"'{key}' must be a list" if node.id == "mapping" else f"'{key}' must not be empty"
        yield Finding(file.mark(node), said, ID, SEVERITY)
    for item in items:
        if item.id != "scalar" or not item.value:
            said = f"an item of '{key}' must be text, not {called(item)}"
            yield Finding(file.mark(item), said, ID, SEVERITY)
