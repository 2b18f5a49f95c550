"""Which events start a workflow: `on` and its filters.

Source: GitHub's documentation, "Workflow syntax", on; filter pattern cheat sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlci.errors import InputError
from mlci.parity.contract import Event
from mlci.vendors.github.syntax.globs import passes

NAMES: Mapping[str, str] = {"tag": "push", "manual": "workflow_dispatch"}
"""mlci's words for events that GitHub calls otherwise."""
ACTIVITIES = frozenset({"opened", "synchronize", "reopened"})
"""What happens to a pull request when its commits come."""


def event_name(event: Event) -> str:
    """Return GitHub's name of an event."""
    return NAMES.get(event.name, event.name)


def triggers(on: Any) -> Mapping[str, Mapping[str, Any]]:
    """Return the events of `on`, each with its filters."""
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list):
        return {str(name): {} for name in on}
    if not isinstance(on, Mapping):
        raise InputError("'on' names no event")
    return {name: given if isinstance(given, Mapping) else {} for name, given in on.items()}


def unmet(on: Any, event: Event) -> str:
    """Say why an event does not start a workflow; "" when it does."""
    known, name = triggers(on), event_name(event)
    if name not in known:
        return f"not started by {event.name}"
    given = known[name]
    if name == "pull_request":
        return of_pull_request(given, event)
    if name == "push":
        return of_push(given, event)
    return ""


def of_pull_request(given: Mapping[str, Any], event: Event) -> str:
    """Say why a pull request starts nothing."""
    types = listed(given, "types")
    if types and not ACTIVITIES & set(types):
        return f"only for {', '.join(types)} of a pull request"
    return of_names(given, "branches", event.branch) or of_paths(given, event)


def of_push(given: Mapping[str, Any], event: Event) -> str:
    """Say why a push starts nothing; filters of branches alone let no tag through, and the reverse."""
    kind, other, name = ("tags", "branches", event.tag) if event.tag else ("branches", "tags", event.branch)
    if has(given, kind):
        refused = of_names(given, kind, name)
    else:
        refused = f"only for {other}" if has(given, other) else ""
    return refused or ("" if event.tag else of_paths(given, event))


def has(given: Mapping[str, Any], kind: str) -> bool:
    """Tell whether there is a filter of a kind."""
    return kind in given or f"{kind}-ignore" in given


def of_names(given: Mapping[str, Any], kind: str, name: str) -> str:
    """Say why a branch or tag is filtered out."""
    wanted, ignored = listed(given, kind), listed(given, f"{kind}-ignore")
    if kind in given and not passes(wanted, name):
        return f"only for {kind} {', '.join(wanted)}, not {name}"
    if ignored and passes(ignored, name):
        return f"not for {kind} {', '.join(ignored)}"
    return ""


def of_paths(given: Mapping[str, Any], event: Event) -> str:
    """Say why the changed paths start nothing."""
    if event.changed is None:
        return ""
    wanted, ignored = listed(given, "paths"), listed(given, "paths-ignore")
    if wanted and not any(passes(wanted, path) for path in event.changed):
        return f"nothing in {', '.join(wanted)} has changed"
    if ignored and all(passes(ignored, path) for path in event.changed):
        return f"only {', '.join(ignored)} has changed"
    return ""


def listed(given: Mapping[str, Any], name: str) -> Sequence[str]:
    """Return a filter's patterns."""
    found = given.get(name) or ()
    return [found] if isinstance(found, str) else [str(each) for each in found]
