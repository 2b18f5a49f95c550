"""What mlci has to say about a place in a file: marks, findings, and their printed shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Mark(NamedTuple):
    """A place in a file; line and column count from 1, as editors do."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1
    """How many characters the caret underlines, on that line alone."""


class Finding(NamedTuple):
    """One thing to say: what is wrong, where, and how to mend it."""

    mark: Mark
    message: str
    rule: str
    severity: Severity = "error"
    help: str | None = None


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Return "did you mean 'image'?" for the nearest known word, None when nothing is near."""
    from difflib import get_close_matches  # costs a fifth of a light command's start

    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else None


def order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings by file, then place, as a reader meets them."""
    return sorted(set(findings), key=lambda found: (found.mark, found.rule, found.message))


WIDTH = 160
"""How many characters of a source line are shown."""
COMMANDS = dict.fromkeys(
    (*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"
)

PAINT: Mapping[str, str] = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "info": "\x1b[1;36m",
    "help": "\x1b[1;32m",
    "where": "\x1b[1m",
    "gutter": "\x1b[34m",
}


def show(finding: Finding, lines: Sequence[str] | None = None, *, colour: bool = False) -> str:
    """Lay one finding out for a terminal.

    Parameters
    ----------
    finding : what to say
    lines : the lines of the file it is about, or None to leave the excerpt out
    colour : whether to use ANSI colour

    Returns
    -------
    str, several lines without the last newline: the message, the source line with a caret, the help
    """

    def paint(kind: str, text: str) -> str:
        return f"{PAINT[kind]}{text}\x1b[0m" if colour else text

    mark = finding.mark
    where = f"{mark.file}:{mark.line}:{mark.column}:" if mark.line else f"{mark.file}:"
    head = f"{paint('where', where)} {paint(finding.severity, finding.severity + ':')} "
    out = [f"{head}{harmless(finding.message)} [{finding.rule}]"]
    if lines is not None and 0 < mark.line <= len(lines):
        number = str(mark.line)
        source, column = excerpt(lines[mark.line - 1].rstrip("\r\n"), mark.column)
        length = max(1, min(mark.length, len(source) - column + 1))
        caret = " " * (column - 1) + "^" + "~" * (length - 1)
        gap = " " * len(number)
        out.append(paint("gutter", f"{gap} |"))
        out.append(f"{paint('gutter', f'{number} |')} {source}")
        out.append(f"{paint('gutter', f'{gap} |')} {paint(finding.severity, caret)}")
    if finding.help:
        out.append(f"{paint('help', 'help:')} {harmless(finding.help)}")
    return "\n".join(out)


def excerpt(line: str, column: int) -> tuple[str, int]:
    """Return what to show of a source line, and the mark's column in that; a long line is cut."""
    start = 0 if len(line) <= WIDTH else max(0, min(column - WIDTH // 3, len(line) - WIDTH))
    before, behind = "…" * (start > 0), "…" * (len(line) > start + WIDTH)
    shown = harmless(line[start : start + WIDTH].replace("\t", " "))
    return f"{before}{shown}{behind}", column - start + len(before)


def harmless(text: str) -> str:
    """Replace the characters that command a terminal, or turn the order of a line."""
    return text if text.isprintable() else text.translate(COMMANDS)
