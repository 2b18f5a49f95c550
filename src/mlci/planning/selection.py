"""Which parts of a run's conditions hold, worked out in the run: for vendors whose own syntax cannot say it.

A vendor that has no changed paths, or no `*` within a name, runs `mlci select` in a first small job and lets
the others ask for its answers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlci.language.model import Condition
from mlci.planning.context import Context
from mlci.planning.plan import Job, Plan

if TYPE_CHECKING:
    from mlci.planning.conditions import Changed

ATTENTIVE = ("push", "pull_request")
"""Events that bring new commits; only of these is it known what has changed."""


class Question(NamedTuple):
    """One thing to work out: whether a job's own branches, tags and paths hold."""

    name: str
    """The job's id; "-push" and "-pull_request" for the paths of the workflow's triggers, "-pushed" for the
    branches whose pushes start it."""
    condition: Condition
    """Without events, which every vendor knows."""


def questions(plan: Plan) -> Iterator[Question]:
    """Yield what may be asked about a workflow, each condition once, under the first job that has it."""
    on = plan.workflow.on
    for event, given in (("push", on.push), ("pull_request", on.pull_request)):
        if given is not None and given.paths:
            yield Question(f"-{event}", Condition(paths=given.paths))
    if on.push is not None and on.pull_request is not None and on.push.branches:
        yield Question("-pushed", Condition(branch=on.push.branches))
    seen: set[Condition] = set()
    for job in plan.jobs:
        asked = question(job)
        if asked is not None and asked.condition not in seen:
            seen.add(asked.condition)
            yield asked


def question(job: Job) -> Question | None:
    """Return what may be asked about a job's own condition; None when events are all it names."""
    own = job.stage.if_
    if own is None or not (own.branch or own.tag or own.paths):
        return None
    return Question(job.id, replace(own, event=()))


def answers(plan: Plan, context: Context, changed: Changed) -> dict[str, bool]:
    from mlci.planning.conditions import unmet

    return {asked.name: unmet((asked.condition,), context, changed) is None for asked in questions(plan)}


def changed_since(root: Path, context: Context, environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the paths a push or pull request has changed; None when nobody can tell.

    Parameters
    ----------
    root : the checkout, with its history
    context : the run
    environ : MLCI_BASE names the commit before the change, MLCI_DEFAULT_BRANCH what a new branch came from;
        both may be missing or unknown here, as after a forced push
    """
    if context.event not in ATTENTIVE:
        return None
    head = git(root, "rev-parse", "HEAD")
    for base in bases(environ):
        common = git(root, "merge-base", base, "HEAD")
        if common and common != head:
            return diff(root, common.decode())
    return None


def bases(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the commits to compare with, the best first."""
    given, branch = environ.get("MLCI_BASE", ""), environ.get("MLCI_DEFAULT_BRANCH", "")
    if given.strip("0") and given.isalnum():
        yield given
    yield f"refs/remotes/origin/{branch or 'HEAD'}"
    yield "HEAD~1"


def diff(root: Path, base: str) -> tuple[str, ...] | None:
    """Return the paths below `root` that differ between a commit and the one checked out."""
    said = git(root, "diff", "--name-only", "--relative", "--no-renames", "-z", base, "HEAD")
    return None if said is None else tuple(os.fsdecode(path) for path in said.split(b"\0") if path)


def git(root: Path, *words: str) -> bytes | None:
    """Return what git says, None when it fails."""
    import subprocess

    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=True, timeout=300)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip(b"\n")
