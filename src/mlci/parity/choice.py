"""What is to be proven: which workflows, in which events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlci.errors import InputError
from mlci.parity.contract import Event
from mlci.parity.expected import Expected, events_of, expect, selected, why_not
from mlci.parity.snapshot import ask
from mlci.planning.plan import Plan

BY_NAME = ("schedule", "manual")
"""Events that are of one workflow, each started by itself."""


def default_branch(root: Path) -> str:
    """Return the repository's default branch, as far as its clone knows it."""
    told = ask(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    known = ask(root, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()
    return told or next((name for name in ("main", "master") if name in known), "main")


def checked(event: Event) -> Event:
    """Return an event that makes sense.

    Raises
    ------
    InputError : a tag is missing, or stands where there is none
    """
    if event.name == "tag" and not event.tag:
        raise InputError("the event of a tag needs the tag", help="add --tag v1")
    if event.tag and event.name not in ("tag", "push"):
        raise InputError(f"an event '{event.name}' has no tag", help="take --tag out, or say --event tag")
    return event._replace(name="tag") if event.tag else event


def usual(plans: Sequence[Plan], default: str, name: str = "") -> Event:
    """Return the event to take when not all of it is said: the first that starts one of some workflows."""
    every = [event for plan in plans for event in events_of(plan, default)]
    fitting = [event for event in every if name in ("", event.name)]
    return next(iter(fitting), Event(name or "manual", default, default=default))


def events(plans: Sequence[Plan], event: Event) -> tuple[Event, ...]:
    """Return what happens, one event for each run: those of one workflow by themselves."""
    if event.name not in BY_NAME or event.workflow:
        return (knowing(plans, event),)
    names = [plan.workflow.name for plan in plans]
    each = (event._replace(workflow=name) for name in names)
    return tuple(knowing(plans, one) for one, plan in zip(each, plans, strict=True) if not why_not(plan, one))


def knowing(plans: Sequence[Plan], event: Event) -> Event:
    """Return an event with the answers that `mlci select` gives in it."""
    return event._replace(selected=selected(plans, event))


def jobs_of(plans: Sequence[Plan], event: Event) -> tuple[Expected, ...]:
    """Return the jobs and approvals of the workflows that an event starts."""
    return tuple(job for plan in plans if not why_not(plan, event) for job in expect(plan, event))


def nothing(event: Event) -> InputError:
    where = f"tag {event.tag}" if event.name == "tag" else f"branch {event.branch}"
    said = f"{event.name} on {where} starts no workflow"
    return InputError(
        said, help="say --event, --branch, --tag or --workflow; `mlci plan` shows what runs when"
    )
