"""A Dockerfile as its instructions and build stages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlci.findings import Mark
from mlci.yaml.source import SourceFile

ESCAPE = re.compile(r"#\s*escape\s*=\s*([\\`])\s*$", re.IGNORECASE)
HEREDOC = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
MAY_HOLD_HEREDOC = ("RUN", "COPY", "ADD")


class Instruction(NamedTuple):
    """One instruction, its lines joined."""

    name: str
    """In upper case."""
    arguments: str
    mark: Mark
    """The place of its name."""

    def flag(self, name: str) -> str | None:
        """Return the value of a flag such as `--from=…`."""
        for word in self.arguments.split():
            if not word.startswith("--"):
                return None
            key, _, value = word[2:].partition("=")
            if key == name:
                return value
        return None

    @property
    def bare(self) -> str:
        """The arguments without flags."""
        return re.sub(r"^(?:--[\w-]+(?:=\S*)?\s+)+", "", self.arguments).strip()


def instructions(file: SourceFile) -> list[Instruction]:
    return list(read_instructions(file, file.lines))


def read_instructions(file: SourceFile, lines: list[str]) -> Iterator[Instruction]:
    """Yield instructions: lines that end with the escape character go on, here-documents are skipped."""
    escape = next((found[1] for line in lines[:5] if (found := ESCAPE.match(line.strip()))), "\\")
    index = 0
    while index < len(lines):
        start, text = index, lines[index].strip()
        index += 1
        if not text or text.startswith("#"):
            continue
        parts = [text]
        while parts[-1].endswith(escape) and index < len(lines):
            parts[-1] = parts[-1][:-1].rstrip()
            following = lines[index].strip()
            index += 1
            parts.append(escape if not following or following.startswith("#") else following)
        joined = " ".join(part for part in parts if part != escape)
        name, _, arguments = joined.partition(" ")
        column = len(lines[start]) - len(lines[start].lstrip()) + 1
        yield Instruction(name.upper(), arguments.strip(), Mark(file.name, start + 1, column, len(name)))
        if name.upper() in MAY_HOLD_HEREDOC:
            index = behind_heredocs(arguments, lines, index)


def behind_heredocs(arguments: str, lines: list[str], index: int) -> int:
    """Return the number of the first line behind the here-documents an instruction opens."""
    for _, word in HEREDOC.findall(arguments):
        while index < len(lines) and lines[index].strip() != word:
            index += 1
        index += 1
    return min(index, len(lines))


class Stage(NamedTuple):
    """A build stage."""

    name: str | None
    image: str
    instruction: Instruction


def stages(file: SourceFile) -> list[Stage]:
    found = []
    for one in file.once(instructions):
        if one.name == "FROM":
            words = one.bare.split()
            named = words[2] if len(words) > 2 and words[1].upper() == "AS" else None
            found.append(Stage(named, words[0] if words else "", one))
    return found
