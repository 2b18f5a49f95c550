"""What can be asked of a pipeline before it runs, and the three ways CircleCI writes it.

An expression knows ==, != and starts-with; a logic statement also knows regular expressions, but only for a
whole workflow; a filter of branches or tags knows them for a job, but nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mlci.rendering.render import yaml
from mlci.vendors.circleci.render.text import literal
from mlci.vendors.circleci.syntax.logic import (
    FALSE,
    TRUE,
    All,
    Compare,
    Literal,
    Logic,
    Matches,
    Name,
    Not,
    Some,
)

BRANCH, TAG, SOURCE = "pipeline.git.branch", "pipeline.git.tag", "pipeline.trigger_source"


def equals(value: str, text: str) -> Compare:
    return Compare("==", Name(value), Literal(text))


def every(terms: Iterable[Logic]) -> Logic:
    """Join terms that must all hold, as short as can be."""
    flat = [part for term in terms for part in (term.terms if isinstance(term, All) else (term,))]
    if FALSE in flat:
        return FALSE
    kept = tuple(dict.fromkeys(flat))
    return kept[0] if len(kept) == 1 else All(kept)


def either(terms: Iterable[Logic]) -> Logic:
    """Join terms of which one must hold, as short as can be."""
    flat = [part for term in terms for part in (term.terms if isinstance(term, Some) else (term,))]
    if TRUE in flat:
        return TRUE
    kept = tuple(dict.fromkeys(flat))
    return kept[0] if len(kept) == 1 else Some(kept)


def pattern(value: str, text: str) -> Logic:
    """Return the test of one of our patterns: a name, a prefix, or a regular expression."""
    bare = text.rstrip("*")
    stars = len(text) - len(bare)
    if not set("*?") & set(bare) and not text.endswith("/"):
        if stars == 0:
            return equals(value, text)
        if stars == 2 and not bare.endswith("/**"):
            return Compare("starts-with", Name(value), Literal(bare))
    return Matches(Literal(regex(text)), Name(value))


def regex(text: str) -> str:
    """Return one of our patterns as a regular expression for the whole name."""
    parts = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    found = re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", text.rstrip("/"))
    body = "".join(parts.get(part, re.sub(r"[\\.+^$()\[\]{}|]", r"\\\g<0>", part)) for part in found)
    return f"{body}(/.*)?" if text.endswith("/") else body


def patterns(value: str, given: Sequence[str]) -> Logic:
    """Return the test that a name matches one of our patterns; without any it always does."""
    return either(pattern(value, text) for text in given) if given else TRUE


def named(test: Logic) -> tuple[str, str, str]:
    """Return one comparison as the name it is about, a text, and a regular expression of what that means."""
    if isinstance(test, Matches) and isinstance(test.value, Name) and isinstance(test.pattern, Literal):
        return test.value.text, "", str(test.pattern.value)
    if isinstance(test, Compare) and isinstance(test.one, Name) and isinstance(test.other, Literal):
        text = str(test.other.value)
        return (test.one.text, text, "") if test.operator == "==" else (test.one.text, "", regex(f"{text}**"))
    raise TypeError(f"no test of a name: {test}")


def statement(logic: Logic) -> list[str]:
    """Write it as the lines of a logic statement."""
    if isinstance(logic, Not):
        term = statement(logic.term)
        return [f"not: {term[0]}"] if isinstance(logic.term, Name) else ["not:", *indented(term)]
    if isinstance(logic, All | Some):
        word = "and:" if isinstance(logic, All) else "or:"
        return [word, *(line for term in logic.terms for line in item(statement(term)))]
    if isinstance(logic, Name):
        return [f"<< {logic.text} >>"]
    name, text, wanted = named(logic)
    if not wanted:
        return [f"equal: [{yaml(literal(text))}, << {name} >>]"]
    return [f"matches: {{pattern: {yaml(literal(f'^{wanted}$'))}, value: << {name} >>}}"]


def indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def item(lines: Sequence[str]) -> list[str]:
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def filters(logic: Logic) -> dict[str, dict[str, list[str]]] | None:
    """Write it as a filter of branches or of tags; None when it is about anything else."""
    alternatives = logic.terms if isinstance(logic, Some) else (logic,)
    if not alternatives or not all(isinstance(term, Compare | Matches) for term in alternatives):
        return None
    found = [named(term) for term in alternatives]
    values = {name for name, _, _ in found}
    # A name, or a regular expression between slashes.
    names = [f"/{wanted.replace('/', chr(92) + '/')}/" if wanted else text for _, text, wanted in found]
    if values == {BRANCH}:
        return {"branches": {"only": names}}
    return {"branches": {"ignore": ["/.*/"]}, "tags": {"only": names}} if values == {TAG} else None
