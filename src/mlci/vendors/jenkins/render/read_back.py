"""Rendered Jenkinsfiles read back into their jobs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mlci.planning.vendor import ReadJob
from mlci.vendors.jenkins.product import owns
from mlci.vendors.jenkins.render.calls import library_calls, whole, words
from mlci.vendors.jenkins.render.stages import ACTIVATE, STASH
from mlci.vendors.jenkins.syntax import Pipeline, Stage, parse
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Node, text_of, walk
from mlci.vendors.jenkins.syntax.model import Holder

ASSIGNED = re.compile(r"[A-Za-z_]\w*=")


class Found(NamedTuple):
    """A stage that is a job or an approval, and what it waits for."""

    stage: Stage
    words: tuple[str, ...]
    """Of the command that runs `mlci exec`, with the variables before it; none for an approval."""
    needs: tuple[str, ...]

    @property
    def command(self) -> tuple[str, ...]:
        """The words without the variables before them."""
        start = next((at for at, word in enumerate(self.words) if not ASSIGNED.match(word)), 0)
        return self.words[start:]

    @property
    def id(self) -> str:
        """The job's id, or the approval's."""
        return option(self.command, "--job") or self.stage.name or ""


def read(files: Mapping[str, str]) -> tuple[ReadJob, ...]:
    """Read the jobs; one waits for what its place among sequences and parallel branches makes it wait for."""
    return tuple(
        job
        for path, text in files.items()
        if owns(path)
        for pipeline in parse(text, path).pipelines
        for job in jobs(pipeline)
    )


def jobs(pipeline: Pipeline) -> Iterator[ReadJob]:
    found, _ = sequence(pipeline.stages, ())
    workflow = next((option(one.command, "--workflow") for one in found if one.words), "")
    ids = [one.id for one in found]
    shared = variables(pipeline)
    for one in found:
        fetched = [*(name.removeprefix(STASH) for name in texts(one.stage, "unstash")), *collected(one.stage)]
        yield ReadJob(
            workflow=workflow,
            id=one.id,
            needs=tuple(sorted(one.needs)),
            command=one.command,
            env=environment(one, shared) if one.words else {},
            secrets=tuple(texts(one.stage, "string", "variable")),
            collects=tuple(dict.fromkeys(owner(name, ids) for name in fetched)),
        )


def sequence(stages: Sequence[Stage], before: tuple[str, ...]) -> tuple[list[Found], tuple[str, ...]]:
    """Return the jobs of stages in sequence, and the last of them, for which the next stage waits."""
    found: list[Found] = []
    for stage in stages:
        inner, after = of_stage(stage, before)
        found.extend(inner)
        before = after or before
    return found, before


def of_stage(stage: Stage, before: tuple[str, ...]) -> tuple[list[Found], tuple[str, ...]]:
    if stage.parallel:
        branches = [of_stage(branch, before) for branch in stage.parallel]
        return [one for found, _ in branches for one in found], tuple(
            end for _, ends in branches for end in ends
        )
    inner = stage.stages or (stage.matrix.stages if stage.matrix else ())
    if inner:
        return sequence(inner, before)
    one = Found(stage, words_of(stage), before)
    return ([one], (one.id,)) if one.words or stage.input is not None else ([], ())


def words_of(stage: Stage) -> tuple[str, ...]:
    for text in texts(stage, "sh"):
        found = shlex.split(text.removeprefix(ACTIVATE)) if "mlci exec" in text else []
        if found:
            return tuple(found)
    return next((words(each) for each in library_calls(stage) if each.get("stage")), ())


def collected(stage: Stage) -> Iterator[str]:
    """Yield the jobs whose stashes the shared library's step fetches."""
    for each in library_calls(stage):
        names = each.get("collects")
        yield from (name for name in (names if isinstance(names, list) else ()) if isinstance(name, str))


def texts(stage: Stage, name: str, key: str = "") -> Iterator[str]:
    """Yield what the steps of one name are given, those inside of others and of `script` blocks, too."""
    steps = stage.section("steps")
    for node in walk(steps) if steps else ():
        if isinstance(node, Call) and node.name == name:
            given = [one.value for one in node.arguments if (one.key or "") == key]
            text = text_of(given[0]) if given else None
            if text is not None:
                yield whole(text)


def variables(holder: Holder) -> dict[str, str]:
    """Return the variables that a block sets to plain text."""
    found: dict[str, str] = {}
    for one in holder.environment:
        value: Node = one.value
        text = text_of(value)
        if text is not None and not one.name.startswith("MLCI_"):
            found[one.name] = whole(text)
    return found


def environment(found: Found, shared: Mapping[str, str]) -> dict[str, str]:
    before = found.words[: len(found.words) - len(found.command)]
    shell = dict(word.split("=", 1) for word in before)
    return {**shared, **variables(found.stage), **shell}


def owner(bundle: str, ids: Sequence[str]) -> str:
    """Return the job that leaves a bundle: itself, or one cell of its matrix."""
    cells = sorted((one for one in ids if bundle.startswith(f"{one}-")), key=len)
    return bundle if bundle in ids or not cells else cells[-1]


def option(words: Sequence[str], named: str) -> str:
    """Return an option's value, "" when it is not given."""
    return words[words.index(named) + 1] if named in words else ""
