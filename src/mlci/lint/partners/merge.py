"""Puts other tools' findings beside ours: one line for one mistake, our ids where we have the rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlci.findings import Finding, Severity
from mlci.lint.partners.meaning import PHRASES, TOOLS, Same

BLOCKS = ("actionlint/expression",)
"""Rules of theirs that tell the first line of a block of text, where ours tell the line within it."""
NEAR = 12
"""Lines between two places that may still be one mistake's: a job's name and its `needs`."""


def merge(own: Sequence[Finding], theirs: Sequence[Finding]) -> list[Finding]:
    """Return our findings of one file, and those of theirs that say anything new."""
    merged = list(own)
    left = list(own)
    for one in sorted(theirs, key=lambda found: found.mark):
        meaning = meaning_of(one)
        twin = find_twin(one, meaning, left)
        if twin is not None:
            if meaning is not None and meaning.scope == "line":
                left.remove(twin)
        elif not told_here(one, meaning, own):
            merged.append(rename(one, meaning))
    return merged


def meaning_of(one: Finding) -> Same | None:
    tool, _, rule = one.rule.partition("/")
    return TOOLS.get(tool, {}).get(rule)


def find_twin(one: Finding, meaning: Same | None, ours: Sequence[Finding]) -> Finding | None:
    """Return the finding of ours that says the same, the nearest of them; each is taken once."""
    if meaning is None:
        return None
    fitting = [found for found in ours if found.rule in meaning.rules and is_there(one, found, meaning)]
    return min(fitting, key=lambda found: distance(one, found), default=None)


def is_there(one: Finding, found: Finding, meaning: Same) -> bool:
    """Tell whether ours stands where theirs may mean the same."""
    lines = found.mark.line - one.mark.line
    if meaning.scope == "file" or lines == 0:
        return True
    if meaning.scope == "near":
        return abs(lines) <= NEAR
    return lines > 0 and one.rule in BLOCKS and by_phrase(one)[0] == found.rule and shares_word(one, found)


def shares_word(one: Finding, found: Finding) -> bool:
    """Tell whether two messages quote a word in common: `"foo"` of theirs, `'inputs.foo'` of ours."""
    words = re.findall(r'"([^"]+)"', one.message)
    return any(word in found.message for word in words)


def distance(one: Finding, found: Finding) -> tuple[int, int]:
    """Return how far two findings stand apart."""
    return abs(found.mark.line - one.mark.line), abs(found.mark.column - one.mark.column)


def told_here(one: Finding, meaning: Same | None, own: Sequence[Finding]) -> bool:
    """Tell whether we say something of the same place already, at the same column."""
    if meaning is None:
        return False
    return any(
        found.mark.line == one.mark.line
        and found.mark.column == one.mark.column
        and found.rule in meaning.rules
        for found in own
    )


def rename(one: Finding, meaning: Same | None) -> Finding:
    """Give a finding of theirs the id of our rule, where there is one; theirs and the link where not."""
    name, severity = by_phrase(one)
    if name is None and meaning is not None:
        name, severity = meaning.name, meaning.severity
    tool = one.rule.partition("/")[0]
    if name is None:
        return one
    return one._replace(rule=name, severity=severity or one.severity, help=f"found by {tool}: {one.help}")


def by_phrase(one: Finding) -> tuple[str | None, Severity | None]:
    """Tell by its words what a finding of actionlint's widest rules means."""
    if one.rule in ("actionlint/expression", "actionlint/action", "actionlint/syntax-check"):
        for phrase, name, severity in PHRASES:
            if phrase in one.message:
                return name, severity
    return None, None
