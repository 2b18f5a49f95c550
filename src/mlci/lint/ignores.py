"""Ignores inside a file: `# mlci: ignore[rule] reason` on the line, or alone on the line above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mlci.findings import Finding, Mark
from mlci.lint.rule import LintFile

COMMENT = re.compile(
    r"(?P<start>(?:^|\s)(?:#|//))\s*mlci:\s*(?P<what>ignore(?:-file)?)\s*(?:\[(?P<rules>[^\]]*)\])?(?P<reason>.*)"
)


class Ignore(NamedTuple):
    """One comment: which rules, on which line (None: the whole file), and its place."""

    rules: tuple[str, ...]
    line: int | None
    reason: str
    mark: Mark


def find(file: LintFile) -> list[Ignore]:
    """Return the ignores of a file."""
    if "mlci:" not in file.text:
        return []
    return [one for number, line in enumerate(file.lines, 1) for one in in_line(file, number, line)]


def in_line(file: LintFile, number: int, line: str) -> Iterator[Ignore]:
    """Yield the ignore a line holds; a comment alone on its line is about the next line that is none."""
    found = COMMENT.search(line)
    if found is None:
        return
    column = found.end("start")
    mark = Mark(file.name, number, column, len(line.rstrip()) - column + 1)
    rules = tuple(one.strip() for one in (found["rules"] or "").split(",") if one.strip())
    about: int | None = number
    if found["what"] == "ignore-file":
        about = None
    elif not line[: found.start("start")].strip():
        about = next_line(file.lines, number)
    yield Ignore(rules, about, found["reason"].strip(" \t:-*/—"), mark)


def next_line(lines: list[str], number: int) -> int:
    """Return the number of the first line after `number` that is neither blank nor a comment."""
    for index in range(number, len(lines)):
        text = lines[index].strip()
        if text and not text.startswith(("#", "//")):
            return index + 1
    return number


def apply(found: Iterable[Finding], ignores: list[Ignore]) -> tuple[list[Finding], list[Finding]]:
    """Part findings into those that stand and those an ignore with a reason takes away."""
    if not ignores:
        return list(found), []
    stand: list[Finding] = []
    gone: list[Finding] = []
    for one in found:
        hit = any(
            one.rule in ignore.rules and ignore.reason and ignore.line in (None, one.mark.line)
            for ignore in ignores
        )
        (gone if hit else stand).append(one)
    return stand, gone


def faults(comments: Iterable[Ignore], gone: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what is wrong with the ignores themselves."""
    taken = [(one.rule, one.mark.line) for one in gone]
    for ignore in comments:
        if not ignore.rules or not ignore.reason:
            said = "this ignore gives no reason" if ignore.rules else "this ignore names no rule"
            help = "write it as `mlci: ignore[rule-id] why it is right here`; until then it ignores nothing"
            yield Finding(ignore.mark, said, "ignore-without-reason", "warning", help)
            continue
        for rule in ignore.rules:
            if not any(rule == hit and ignore.line in (None, line) for hit, line in taken):
                yield Finding(
                    ignore.mark, f"nothing here is found by '{rule}'", "unused-ignore", "info", "drop it"
                )
