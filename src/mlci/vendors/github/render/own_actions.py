"""mlci's own composite actions in a workflow: whether a pipeline has its jobs use them, and from where."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

from mlci.language.catalogue import STEPS
from mlci.language.model import Pipeline
from mlci.release import source

STYLE = "actions"
"""The word for it in `style`."""
SETUP, RUN = "setup", "run"
USES = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)/actions/(?P<name>[\w-]+)@(?P<ref>[\w./-]+)")
"""An action of a repository that keeps its actions where mlci has its own."""


class OwnActions(NamedTuple):
    """What the jobs of a pipeline use."""

    setup: str
    """What follows `uses:`."""
    run: str
    extras: str
    install: str
    """What `setup` installs beside mlci for a stage's job."""
    lock: str


def own_actions(pipeline: Pipeline) -> OwnActions | None:
    """Return the actions that a pipeline's jobs use; None when they have plain steps."""
    found = source(pipeline.mlci)
    if STYLE not in pipeline.style or found is None:
        return None
    where, wanted = f"{found.repository}/actions", pipeline.requirements
    words = [*(("-r", wanted.file) if wanted.file else ()), *([wanted.pyproject] if wanted.pyproject else ())]
    return OwnActions(
        setup=f"{where}/{SETUP}@{found.ref}",
        run=f"{where}/{RUN}@{found.ref}",
        extras=found.extras,
        install=shlex.join(words),
        lock=wanted.lock or "",
    )


def style(pipeline: Pipeline) -> str:
    return STEPS if own_actions(pipeline) is None else STYLE


def called(uses: str) -> str:
    """Return the name of the action that `uses` calls where it may be one of mlci's, else ""."""
    found = USES.fullmatch(uses)
    return "" if found is None else found["name"]


def executed(step: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words of the `mlci exec` that a step makes by the action `run`; none for any other."""
    given = step.get("with") or {}
    if called(str(step.get("uses", ""))) != RUN or not given.get("stage"):
        return ()
    flags = {f"--{name}": str(given[name]) for name in ("workflow", "job") if given.get(name)}
    return ("mlci", "exec", str(given["stage"]), *(word for pair in flags.items() for word in pair))
