"""Changed paths on Travis CI, whose conditions know none: a job asks, and may have nothing to do."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace

from mlci.language.model import Condition
from mlci.planning.plan import Job, Plan
from mlci.planning.selection import questions

SELECTED = ".mlci/selected"
ASK = 'mkdir -p .mlci && MLCI_BASE="${TRAVIS_COMMIT_RANGE%%...*}" mlci select --workflow '
"""Answers each question in a line, NAME=true or NAME=false."""
OF_TRIGGER = '"-$TRAVIS_EVENT_TYPE=false"'
"""The answer about the paths of what started the build; there is none for a start by hand or by the clock."""
GUARDED = re.compile(r"if grep .*?; then echo .*?; else (?P<command>.*); fi")


class Paths:
    """What the jobs of one workflow must ask."""

    def __init__(self, plan: Plan) -> None:
        self.workflow = plan.workflow.name
        self.of_trigger = plan.asks_paths
        self.names: Mapping[Condition, str] = {
            asked.condition: asked.name for asked in questions(plan) if not asked.name.startswith("-")
        }

    def asks(self, job: Job) -> list[str]:
        """Return the answers, as words for the shell, any of which leaves a job without work."""
        own = [replace(one, event=()) for one in job.conditions if one.paths]
        answers = [shlex.quote(f"{self.names[one]}=false") for one in own]
        return [*([OF_TRIGGER] if self.of_trigger else []), *answers]

    def before(self, job: Job) -> list[str]:
        return [f"{ASK}{self.workflow} > {SELECTED}"] if self.asks(job) else []

    def guard(self, job: Job, command: str) -> str:
        """Return a job's command, run only when what it is for has changed."""
        asked = self.asks(job)
        if not asked:
            return command
        test = " ".join(f"-e {one}" for one in asked)
        said = shlex.quote(f"Nothing that {job.id} is for has changed.")
        return f"if grep -qx {test} {SELECTED}; then echo {said}; else {command}; fi"


def unguarded(script: str) -> str:
    """Return the command inside a guard, or the script itself."""
    found = GUARDED.fullmatch(script)
    return found["command"] if found else script
