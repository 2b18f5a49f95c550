"""A Dockerfile as one job: its RUN instructions, base images and variables."""

from __future__ import annotations

import re

from mlci.findings import Mark
from mlci.lint.jobs import Job, Script, Text, Variable, View
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

INSTRUCTION = lazy(
    r"^[ \t]*(?P<word>[A-Za-z]+)[ \t]+(?P<rest>(?:[^\\\n]|\\[^\n]|\\\n(?:[ \t]*#[^\n]*\n)*)*)",
    re.MULTILINE,
)


def build(file: SourceFile) -> View:
    """Build the view; a name that an earlier stage of the file has is no image."""
    job = Job("image", Mark(file.name), timeout=True)
    stages: set[str] = {"scratch"}
    for found in INSTRUCTION.finditer(file.text):
        word, rest, start = found["word"].upper(), found["rest"], found.start("rest")
        if word == "RUN" and not rest.lstrip().startswith("["):
            job.scripts.append(Script(piece(file, start, rest), "sh"))
        elif word == "FROM":
            add_base(file, job, stages, rest, start)
        elif word in ("ENV", "ARG"):
            job.env += variables(file, start, rest)
    return View(jobs=[job])


def add_base(file: SourceFile, job: Job, stages: set[str], rest: str, start: int) -> None:
    parts = [part for part in rest.split() if not part.startswith("--")]
    if not parts:
        return
    if parts[0].lower() not in stages:
        job.images.append(piece(file, start + rest.index(parts[0]), parts[0]))
    if len(parts) > 2 and parts[1].lower() == "as":
        stages.add(parts[2].lower())


def variables(file: SourceFile, start: int, rest: str) -> list[Variable]:
    """Return the variables of ENV or ARG."""
    found = []
    for one in re.finditer(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", rest):
        value = one[2].strip("\"'")
        found.append(Variable(one[1], piece(file, start + one.start(2), value)))
    old = re.match(r"(\w+)[ \t]+(\S+)\s*\Z", rest)
    if old and not found:
        found.append(Variable(old[1], piece(file, start + old.start(2), old[2])))
    return found


def piece(file: SourceFile, at: int, value: str) -> Text:
    return Text(value, lambda start, length: file.mark_at(at + start, length))
