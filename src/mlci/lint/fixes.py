"""Mending what is safe and certain: edits of the text itself, so that layout and comments stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Protocol, cast

from mlci.files import write_atomic
from mlci.lint import ignores, registry
from mlci.lint.rule import Edit, Fixing
from mlci.lint.settings import Options
from mlci.yaml.source import SourceFile

MAX_ROUNDS = 10
BOM = b"\xef\xbb\xbf"


class Readable(Protocol):
    """A file and where it lies."""

    @property
    def file(self) -> SourceFile: ...
    @property
    def path(self) -> Path: ...


def fix_all(sources: Sequence[Readable], options: Options) -> int:
    """Mend files on disk; returns how many findings were mended."""
    return sum(fix_file(source, options) for source in sources)


def fix_file(source: Readable, options: Options) -> int:
    """Mend one file until nothing more can be; it is only written when it still reads as its kind."""
    file, mended = source.file, 0
    for _ in range(MAX_ROUNDS):
        text, count = fix_once(file, options)
        again = SourceFile(file.name, text, file.kind, file.root)
        if not count or (file.sound and not again.sound):
            break
        file, mended = again, mended + count
    if mended:
        write(source.path.resolve(), file.text)
    return mended


def write(path: Path, text: str) -> None:
    """Write a mended text; the mode of the file, and the mark some editors begin it with, stay."""
    with path.open("rb") as old:
        marked = old.read(len(BOM)) == BOM
    write_atomic(path, (BOM if marked else b"") + text.encode(), mode=path.stat().st_mode & 0o777)


def fix_once(file: SourceFile, options: Options) -> tuple[str, int]:
    """Return the text with every edit that touches no other, and how many findings that mends."""
    taken: list[tuple[int, int, str]] = []
    count = 0
    starts = line_starts(file.text)
    for edits in fixes_of(file, options):
        spans = [place(edit, starts, len(file.text)) for edit in edits]
        if spans and not any(overlap(span, other) for span in spans for other in taken):
            taken.extend(spans)
            count += 1
    text = file.text
    for start, end, new in sorted(taken, reverse=True):
        text = text[:start] + new + text[end:]
    return text, count


def fixes_of(file: SourceFile, options: Options) -> Iterator[list[Edit]]:
    comments = ignores.find(file)
    for pack, rule in registry.rules_for(file.kind.id):
        if not hasattr(rule, "fix") or not options.runs(pack, rule.ID, file.name) or not file.sound:
            continue
        fixing = cast("Fixing", rule)
        stand, _ = ignores.apply(rule.check(file), comments)
        yield from (list(fixing.fix(file, found)) for found in stand)


def line_starts(text: str) -> list[int]:
    return [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]


def place(edit: Edit, starts: Sequence[int], size: int) -> tuple[int, int, str]:
    def offset(line: int, column: int) -> int:
        return min(size, starts[min(line - 1, len(starts) - 1)] + column - 1)

    return offset(edit.line, edit.column), offset(edit.end_line, edit.end_column), edit.text


def overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Tell whether two edits touch the same characters, or insert at the same place."""
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]
