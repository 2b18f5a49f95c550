"""Whether a job's conditions hold for a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from mlci.language.model import Condition

if TYPE_CHECKING:
    from mlci.planning.context import Context

Changed = Callable[[], Sequence[str] | None]
"""Returns the changed paths, asked for only when a condition is about them; None when nobody knows."""


def unmet(conditions: Sequence[Condition], context: Context, changed: Changed) -> str | None:
    """Return why a job does not run, None when all its conditions hold."""
    for condition in conditions:
        for reason in (
            lacks("branch", condition.branch, context.branch),
            lacks("tag", condition.tag, context.tag),
            lacks_event(condition.event, context),
            lacks_path(condition.paths, changed),
        ):
            if reason is not None:
                return reason
    return None


def lacks(kind: str, patterns: Sequence[str], value: str) -> str | None:
    """Say that a branch or tag matches none of the patterns."""
    if not patterns or any(matches(pattern, value) for pattern in patterns):
        return None
    return f"only for {kind} {' or '.join(patterns)}" + (f", not {value}" if value else "")


def lacks_event(events: Sequence[str], context: Context) -> str | None:
    """Say that another event started the run; a pushed tag is a tag and a push."""
    seen = {context.event, "tag" if context.tag and context.event == "push" else context.event}
    if not events or seen & set(events) or not context.event:
        return None
    return f"only for {' or '.join(events)}, not {context.event}"


def lacks_path(patterns: Sequence[str], changed: Changed) -> str | None:
    """Say that no changed path matches; what nobody knows counts as changed."""
    if not patterns:
        return None
    paths = changed()
    if paths is None or any(matches(pattern, path) for pattern in patterns for path in paths):
        return None
    return f"nothing in {', '.join(patterns)} has changed"


def matches(pattern: str, value: str) -> bool:
    """Tell whether a name matches: `*` within a name, `**` across `/`, `?` a letter, `folder/` all below."""
    return translate(pattern).fullmatch(value) is not None


@cache
def translate(pattern: str) -> re.Pattern[str]:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = re.sub(
        r"\*\*/|\*\*|\*|\?|[^*?]+",
        lambda found: parts.get(found.group(), re.escape(found.group())),
        pattern.rstrip("/"),
    )
    return re.compile(f"{body}(?:/.*)?" if pattern.endswith("/") else body)
