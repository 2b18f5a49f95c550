"""What can be asked of a pipeline before it runs, and the three ways CircleCI writes it.

An expression knows ==, != and starts-with; a logic statement also knows regular expressions, but only for a
whole workflow; a filter of branches or tags knows them for a job, but nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlci.rendering.render import yaml
from mlci.vendors.circleci.render.text import literal

BRANCH, TAG, SOURCE = "pipeline.git.branch", "pipeline.git.tag", "pipeline.trigger_source"


@dataclass(frozen=True)
class Test:
    """One comparison: of a pipeline value with text, a prefix, or a regular expression."""

    value: str
    kind: str
    """is, prefix, regex, or flag (a boolean that needs no text)."""
    text: str = ""


@dataclass(frozen=True)
class Not:
    """The contrary."""

    term: Logic


@dataclass(frozen=True)
class All:
    """Every term holds; true without any."""

    terms: tuple[Logic, ...]


@dataclass(frozen=True)
class Some:
    """One term holds; false without any."""

    terms: tuple[Logic, ...]


Logic = Test | Not | All | Some
TRUE, FALSE = All(()), Some(())


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


def pattern(value: str, text: str) -> Test:
    """Return the test of one of our patterns: a name, a prefix, or a regular expression."""
    bare = text.rstrip("*")
    stars = len(text) - len(bare)
    if not set("*?") & set(bare) and not text.endswith("/"):
        if stars == 0:
            return Test(value, "is", text)
        if stars == 2 and not bare.endswith("/**"):
            return Test(value, "prefix", bare)
    return Test(value, "regex", regex(text))


def regex(text: str) -> str:
    """Return one of our patterns as a regular expression for the whole name."""
    parts = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    found = re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", text.rstrip("/"))
    body = "".join(parts.get(part, re.sub(r"[\\.+^$()\[\]{}|]", r"\\\g<0>", part)) for part in found)
    return f"{body}(/.*)?" if text.endswith("/") else body


def patterns(value: str, given: Sequence[str]) -> Logic:
    """Return the test that a name matches one of our patterns; without any it always does."""
    return either(pattern(value, text) for text in given) if given else TRUE


def tests(logic: Logic) -> Iterator[Test]:
    """Yield every comparison."""
    if isinstance(logic, Test):
        yield logic
    elif isinstance(logic, Not):
        yield from tests(logic.term)
    else:
        for term in logic.terms:
            yield from tests(term)


def expressible(logic: Logic) -> bool:
    """Tell whether an expression can say it."""
    return all(test.kind != "regex" and quote(test.text) is not None for test in tests(logic))


def quote(text: str) -> str | None:
    """Return text as a string of an expression; None when neither quote can hold it."""
    if "\\" in text or "<<" in text:
        return None
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else None


def expression(logic: Logic) -> str:
    """Write it as an expression."""
    if isinstance(logic, Test):
        return compare(logic, "==")
    if isinstance(logic, Not):
        term = logic.term
        if isinstance(term, Test) and term.kind == "is":
            return compare(term, "!=")
        return (
            f"not {expression(term)}"
            if isinstance(term, Test) and term.kind == "flag"
            else f"not ({expression(term)})"
        )
    if not logic.terms:
        return "true" if isinstance(logic, All) else "false"
    word = " and " if isinstance(logic, All) else " or "
    return word.join(
        f"({expression(term)})" if isinstance(term, All | Some) else expression(term) for term in logic.terms
    )


def compare(test: Test, equal: str) -> str:
    """Write one comparison as an expression."""
    if test.kind == "flag":
        return test.value
    return f"{test.value} {equal if test.kind == 'is' else 'starts-with'} {quote(test.text)}"


def statement(logic: Logic) -> list[str]:
    """Write it as the lines of a logic statement."""
    if isinstance(logic, Not):
        term = statement(logic.term)
        return [f"not: {term[0]}"] if is_flag(logic.term) else ["not:", *indented(term)]
    if isinstance(logic, All | Some):
        word = "and:" if isinstance(logic, All) else "or:"
        return [word, *(line for term in logic.terms for line in item(statement(term)))]
    value = f"<< {logic.value} >>"
    if logic.kind == "flag":
        return [value]
    if logic.kind == "is":
        return [f"equal: [{yaml(literal(logic.text))}, {value}]"]
    wanted = regex(logic.text + "**") if logic.kind == "prefix" else logic.text
    return [f"matches: {{pattern: {yaml(literal(f'^{wanted}$'))}, value: {value}}}"]


def is_flag(logic: Logic) -> bool:
    """Tell whether it is a boolean that is written as such."""
    return isinstance(logic, Test) and logic.kind == "flag"


def indented(lines: Sequence[str]) -> list[str]:
    """Return lines a level deeper."""
    return [f"  {line}" for line in lines]


def item(lines: Sequence[str]) -> list[str]:
    """Return lines as an item of a list."""
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def filters(logic: Logic) -> dict[str, dict[str, list[str]]] | None:
    """Write it as a filter of branches or of tags; None when it is about anything else."""
    alternatives = logic.terms if isinstance(logic, Some) else (logic,)
    values = {test.value for test in alternatives if isinstance(test, Test)}
    if not all(isinstance(term, Test) for term in alternatives) or values not in ({BRANCH}, {TAG}):
        return None
    names = [name_or_regex(test) for test in tests(logic)]
    if values == {BRANCH}:
        return {"branches": {"only": names}}
    return {"branches": {"ignore": ["/.*/"]}, "tags": {"only": names}}


def name_or_regex(test: Test) -> str:
    """Return a name, or a regular expression between slashes."""
    if test.kind == "is":
        return test.text
    wanted = regex(test.text + "**") if test.kind == "prefix" else test.text
    return f"/{wanted.replace('/', chr(92) + '/')}/"
