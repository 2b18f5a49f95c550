"""A GitLab CI configuration as its jobs and stages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import Entry, get, is_null, items, sequence, text, words

GLOBAL = frozenset(
    ("default", "include", "stages", "types", "variables", "workflow", "spec", "image", "services", "cache")
) | frozenset(("before_script", "after_script"))
MAX_LEVELS = 11
"""How often GitLab goes on from a job to what it extends."""
MAX_BASES = 50
DEFAULT_STAGES = (".pre", "build", "test", "deploy", ".post")


class Job(NamedTuple):
    """A job; hidden when its name begins with a dot."""

    name: str
    key: Node
    node: Node

    @property
    def hidden(self) -> bool:
        """Whether it only lends its keys to others."""
        return self.name.startswith(".")


class Config:
    """A whole file.

    Parameters
    ----------
    jobs : by name
    stages : with those every pipeline has
    open : whether other files are included, which may define more
    """

    def __init__(self, jobs: dict[str, Job], stages: tuple[str, ...], *, open: bool) -> None:
        self.jobs = jobs
        self.stages = stages
        self.open = open
        self.place = {name: index for index, name in reversed(list(enumerate(stages)))}
        self.visible = {name: job for name, job in jobs.items() if not job.hidden}
        self.lines: dict[str, list[Job]] = {}

    def find(self, job: Job, name: str) -> Node | None:
        """Return a job's key, its own or one it takes over by `extends`."""
        return next((node for one in self.line(job) if (node := get(one.node, name)) is not None), None)

    def line(self, job: Job) -> list[Job]:
        """Return a job and those it extends, the nearest first, as far as GitLab follows them."""
        known = self.lines.get(job.name)
        if known is None:
            known = self.lines[job.name] = list(self.follow(job))
        return known

    def follow(self, job: Job) -> Iterator[Job]:
        met = {job.name}
        level = [job]
        for _ in range(MAX_LEVELS):
            yield from level
            named = [node.value for one in level for node in reversed(words(get(one.node, "extends")))]
            names = [name for name in dict.fromkeys(named) if name in self.jobs and name not in met]
            if not names:
                return
            met.update(names)
            level = [self.jobs[name] for name in names[: MAX_BASES - len(met)]]


def read_pipeline(file: SourceFile) -> Config:
    root = file.root_node
    jobs = {one.name: Job(*one) for one in items(root) if one.name not in GLOBAL and is_job(one)}
    named = get(root, "stages") or get(root, "types")
    stages = tuple(node.value for node in words(named))
    return Config(
        jobs,
        (".pre", *stages, ".post") if stages else DEFAULT_STAGES,
        open=not is_null(get(root, "include")) or (named is not None and named.id != "sequence"),
    )


def is_job(one: Entry) -> bool:
    """Tell whether a key of the top is a job."""
    return one.value.id == "mapping"


def needs(node: Node | None) -> list[tuple[Node, bool]]:
    """Return the jobs of this pipeline that `needs` names, and whether they may be absent."""
    found = []
    for one in sequence(node):
        if one.id == "scalar":
            found.append((one, False))
        elif get(one, "pipeline") is None and get(one, "project") is None:
            job = get(one, "job")
            if job is not None and job.id == "scalar":
                found.append((job, text(get(one, "optional")) == "true"))
    return found


def plain(name: str) -> str:
    """Return a job's name without the values of its matrix: `build: [linux, 3.11]` is `build`."""
    return re.sub(r":? \[.*\]$| \d+/\d+$", "", name)
