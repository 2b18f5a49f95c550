"""Which events start a workflow: `on` and its filters.

Source: GitHub's documentation, "Workflow syntax", on; filter pattern cheat sheet.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlci.parity.contract import Event
from mlci.vendors.github.syntax.globs import passes
from mlci.vendors.github.syntax.model import Part, Workflow, texts

NAMES: Mapping[str, str] = {"tag": "push", "manual": "workflow_dispatch"}
"""mlci's words for events that GitHub calls otherwise."""
ACTIVITIES = frozenset({"opened", "synchronize", "reopened"})
"""What happens to a pull request when its commits come."""


def event_name(event: Event) -> str:
    return NAMES.get(event.name, event.name)


def unmet(workflow: Workflow, event: Event) -> str:
    """Say why an event does not start a workflow; "" when it does."""
    name = event_name(event)
    if name not in workflow.events:
        return f"not started by {event.name}"
    given = workflow.event(name)
    if name == "pull_request":
        return of_pull_request(given, event)
    if name == "push":
        return of_push(given, event)
    return ""


def of_pull_request(given: Part, event: Event) -> str:
    """Say why a pull request starts nothing."""
    types = patterns(given, "types")
    if types and not ACTIVITIES & set(types):
        return f"only for {', '.join(types)} of a pull request"
    return of_names(given, "branches", event.branch) or of_paths(given, event)


def of_push(given: Part, event: Event) -> str:
    """Say why a push starts nothing; filters of branches alone let no tag through, and the reverse."""
    kind, other, name = ("tags", "branches", event.tag) if event.tag else ("branches", "tags", event.branch)
    if has(given, kind):
        refused = of_names(given, kind, name)
    else:
        refused = f"only for {other}" if has(given, other) else ""
    return refused or ("" if event.tag else of_paths(given, event))


def has(given: Part, kind: str) -> bool:
    return kind in given.keys or f"{kind}-ignore" in given.keys


def of_names(given: Part, kind: str, name: str) -> str:
    """Say why a branch or tag is filtered out."""
    wanted, ignored = patterns(given, kind), patterns(given, f"{kind}-ignore")
    if kind in given.keys and not passes(wanted, name):
        return f"only for {kind} {', '.join(wanted)}, not {name}"
    if ignored and passes(ignored, name):
        return f"not for {kind} {', '.join(ignored)}"
    return ""


def of_paths(given: Part, event: Event) -> str:
    """Say why the changed paths start nothing."""
    if event.changed is None:
        return ""
    wanted, ignored = patterns(given, "paths"), patterns(given, "paths-ignore")
    if wanted and not any(passes(wanted, path) for path in event.changed):
        return f"nothing in {', '.join(wanted)} has changed"
    if ignored and all(passes(ignored, path) for path in event.changed):
        return f"only {', '.join(ignored)} has changed"
    return ""


def patterns(given: Part, name: str) -> list[str]:
    return texts(given.items(name))
