"""Triggers, conditions and times as a person would say them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlci.language.model import Condition, Filter, Trigger
from mlci.planning.plan import UNATTENDED

EVENTS = {
    "push": "pushes",
    "pull_request": "pull requests",
    "schedule": "the schedule",
    "tag": "tags",
    "manual": "by hand",
}
DAYS = ("Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def trigger_words(on: Trigger) -> str:
    """Say what starts a workflow: "push to main · daily at 00:00 UTC on retrain"."""
    return " · ".join(trigger_parts(on)) or "nothing starts it"


def trigger_parts(on: Trigger) -> Iterator[str]:
    """Yield each way to start."""
    if on.push is not None:
        yield from push_words(on.push)
    if on.pull_request is not None:
        to = f" to {listed(on.pull_request.branches)}" if on.pull_request.branches else ""
        yield f"pull request{to}{changes(on.pull_request)}"
    for line in on.schedule:
        where = f" on {listed(on.branches)}" if on.branches else ""
        yield f"{cron_words(line)}{where}"
    if on.manual is not None:
        asked = f", asking for {listed(tuple(on.manual.inputs), 'and')}" if on.manual.inputs else ""
        yield f"by hand{asked}"


def push_words(push: Filter) -> Iterator[str]:
    if push.branches or not push.tags:
        to = f" to {listed(push.branches)}" if push.branches else ""
        yield f"push{to}{changes(push)}"
    if push.tags:
        yield f"tag {listed(push.tags)}"


def changes(chosen: Filter) -> str:
    return f" changing {listed(chosen.paths)}" if chosen.paths else ""


def listed(words: Sequence[str], last: str = "or") -> str:
    """Join words: "a", "a or b", "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def cron_words(line: str) -> str:
    """Say a cron line, if it is one of the common ones; quote it otherwise."""
    minute, hour, *rest = line.split()
    if not minute.isdigit() or rest[:2] != ["*", "*"]:
        return f"cron '{line}' UTC"
    if hour == "*" and rest[2] == "*":
        return f"hourly at :{int(minute):02}"
    if not hour.isdigit():
        return f"cron '{line}' UTC"
    at = f"at {int(hour):02}:{int(minute):02} UTC"
    if rest[2] == "*":
        return f"daily {at}"
    if rest[2] == "1-5":
        return f"working days {at}"
    return f"{DAYS[int(rest[2])]} {at}" if rest[2] in set("01234567") else f"cron '{line}' UTC"


def condition_words(condition: Condition) -> str:
    """Say when a stage runs: "if branch main"."""
    if condition == Condition(event=UNATTENDED):
        return "not for pull requests"
    parts = []
    if condition.branch:
        parts.append(f"branch {listed(condition.branch)}")
    if condition.tag:
        parts.append(f"tag {listed(condition.tag)}")
    if condition.event:
        parts.append(f"event {listed(condition.event)}")
    if condition.paths:
        parts.append(f"changes in {listed(condition.paths)}")
    return f"if {' and '.join(parts)}" if parts else ""


def duration_words(seconds: int) -> str:
    """Say a time: 90 s, 60 min, 2 h."""
    if seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
