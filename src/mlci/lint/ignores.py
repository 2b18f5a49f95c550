"""Ignores inside a file: `# mlci: ignore[rule] reason` on the line, or alone on the line above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from mlci.findings import Finding, Mark
from mlci.lint.settings import RENAMED
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

COMMENT = lazy(
    r"(?P<start>(?:^|\s)(?:#|//))\s*mlci:\s*(?P<what>ignore(?:-file)?)\s*(?:\[(?P<rules>[^\]]*)\])?(?P<reason>.*)"
)


class Ignore(NamedTuple):
    """One comment: which rules, on which line (None: the whole file), and its place."""

    rules: tuple[str, ...]
    line: int | None
    reason: str
    mark: Mark


def find(file: SourceFile) -> list[Ignore]:
    if "mlci:" not in file.text:
        return []
    found: list[Ignore] = []
    about = len(file.lines)
    for number, line in zip(range(len(file.lines), 0, -1), reversed(file.lines), strict=True):
        text = line.strip()
        if "mlci:" in text:
            found.extend(in_line(file, number, line, about))
        if text and not text.startswith(("#", "//")):
            about = number
    return found[::-1]


def in_line(file: SourceFile, number: int, line: str, below: int) -> Iterator[Ignore]:
    """Yield the ignore a line holds; a comment alone on its line is about the next line that is none."""
    found = COMMENT.search(line)
    if found is None:
        return
    column = found.end("start")
    mark = Mark(file.name, number, column, len(line.rstrip()) - column + 1)
    named = (one.strip() for one in (found["rules"] or "").split(","))
    rules = tuple(RENAMED.get(one, one) for one in named if one)
    about: int | None = number
    if found["what"] == "ignore-file":
        about = None
    elif not line[: found.start("start")].strip():
        about = below
    yield Ignore(rules, about, found["reason"].strip(" \t:-*/—"), mark)


def apply(found: Iterable[Finding], ignores: list[Ignore]) -> tuple[list[Finding], list[Finding]]:
    """Part findings into those that stand and those an ignore with a reason takes away."""
    if not ignores:
        return list(found), []
    taken = {(rule, ignore.line) for ignore in ignores if ignore.reason for rule in ignore.rules}
    stand: list[Finding] = []
    gone: list[Finding] = []
    for one in found:
        hit = (one.rule, one.mark.line) in taken or (one.rule, None) in taken
        (gone if hit else stand).append(one)
    return stand, gone


def faults(
    comments: Iterable[Ignore], gone: Iterable[Finding], ran: Callable[[str], bool]
) -> Iterator[Finding]:
    """Yield what is wrong with the ignores themselves; of a rule that did not run nothing can be said."""
    taken = {(one.rule, line) for one in gone for line in (one.mark.line, None)}
    for ignore in comments:
        if not ignore.rules or not ignore.reason:
            said = "this ignore gives no reason" if ignore.rules else "this ignore names no rule"
            help = "write it as `mlci: ignore[rule-id] why it is right here`; until then it ignores nothing"
            yield Finding(ignore.mark, said, "ignore-without-reason", "warning", help)
            continue
        for rule in ignore.rules:
            if (rule, ignore.line) not in taken and ran(rule):
                yield Finding(
                    ignore.mark, f"nothing here is found by '{rule}'", "unused-ignore", "info", "drop it"
                )
