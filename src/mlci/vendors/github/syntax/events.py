"""The events that start workflows: their activity types and filters.

Source: GitHub's documentation, "Events that trigger workflows" and "Workflow syntax".
"""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """What may be said of an event."""

    types: tuple[str, ...] | None = ()
    """Its activity types; () for none, None for any of the user's choice."""
    filters: tuple[str, ...] = ()
    """Other keys it takes."""


def event(types: str = "", filters: str = "") -> Event:
    """Write an event down shortly."""
    return Event(tuple(types.split()), tuple(filters.split()))


BRANCHES = "branches branches-ignore"
PATHS = "paths paths-ignore"
TAGS = "tags tags-ignore"

PULL_REQUEST = (
    "assigned unassigned labeled unlabeled opened edited closed reopened synchronize converted_to_draft "
    "locked unlocked enqueued dequeued milestoned demilestoned ready_for_review review_requested "
    "review_request_removed auto_merge_enabled auto_merge_disabled"
)

EVENTS: dict[str, Event] = {
    "branch_protection_rule": event("created edited deleted"),
    "check_run": event("created rerequested completed requested_action"),
    "check_suite": event("completed requested rerequested"),
    "create": event(),
    "delete": event(),
    "deployment": event(),
    "deployment_status": event(),
    "discussion": event(
        "created edited deleted transferred pinned unpinned labeled unlabeled locked unlocked "
        "category_changed answered unanswered"
    ),
    "discussion_comment": event("created edited deleted"),
    "fork": event(),
    "gollum": event(),
    "image_version": event("", "names versions"),
    "issue_comment": event("created edited deleted"),
    "issues": event(
        "opened edited deleted transferred pinned unpinned closed reopened assigned unassigned labeled "
        "unlabeled locked unlocked milestoned demilestoned typed untyped field_added field_removed"
    ),
    "label": event("created edited deleted"),
    "merge_group": event("checks_requested", BRANCHES),
    "milestone": event("created closed opened edited deleted"),
    "page_build": event(),
    "public": event(),
    "pull_request": event(PULL_REQUEST, f"{BRANCHES} {PATHS}"),
    "pull_request_comment": event("created edited deleted"),
    "pull_request_review": event("submitted edited dismissed"),
    "pull_request_review_comment": event("created edited deleted"),
    "pull_request_target": event(PULL_REQUEST, f"{BRANCHES} {PATHS}"),
    "push": event("", f"{BRANCHES} {TAGS} {PATHS}"),
    "registry_package": event("published updated"),
    "release": event("published unpublished created edited deleted prereleased released"),
    "repository_dispatch": Event(None),
    "schedule": event(),
    "status": event(),
    "watch": event("started"),
    "workflow_call": event("", "inputs outputs secrets"),
    "workflow_dispatch": event("", "inputs"),
    "workflow_run": event("completed requested in_progress", f"workflows {BRANCHES}"),
}

FILTERS: dict[str, tuple[str, ...]] = {
    name: tuple(event for event, one in EVENTS.items() if name in one.filters)
    for name in (f"{BRANCHES} {TAGS} {PATHS} workflows names versions inputs outputs secrets").split()
}
"""The events each key is for."""

RETIRED = ("project", "project_card", "project_column")
"""Events of the classic projects, which GitHub has dropped."""

EXCLUSIVE = (("branches", "branches-ignore"), ("tags", "tags-ignore"), ("paths", "paths-ignore"))
