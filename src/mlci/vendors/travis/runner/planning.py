"""Which jobs a .travis.yml would run for an event."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.parity.contract import Event, Planned
from mlci.vendors.travis.runner.build import Build, Job, builds, withheld
from mlci.vendors.travis.runner.config import PHASES, load
from mlci.vendors.travis.runner.guard import stopped
from mlci.vendors.travis.syntax.builds import TYPES


def plan(files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
    """Tell which jobs an event runs.

    Raises
    ------
    InputError : something in the file is not known
    """
    first, *others = builds(load(files), event)
    found = {}
    for build in (first, *others):
        for job in build.jobs:
            planned = of_job(build, job, event)
            if planned is not None and (planned.runs or job.key not in found):
                found[job.key] = planned
    return tuple(found.values())


def of_job(build: Build, job: Job, event: Event) -> Planned | None:
    """Return what a build does of one job; None for one that belongs to how the file works."""
    if job.named is None:
        return None
    why = reason(build, job, event)
    before = [each.named for each in build.before(job) if each.named is not None]
    needs = sorted({each.id for each in before if each.workflow == job.named.workflow})
    return Planned(job.named.workflow, job.named.id, tuple(needs), not why, why)


def reason(build: Build, job: Job, event: Event) -> str:
    """Say why a job does not run, "" when it does."""
    if not job.runs:
        if withheld(job, build):
            return f"approval '{job.approvals[-1]}' is not given"
        return "its conditions do not hold"
    answers = event.selected.get(job.named.workflow, {}) if job.named is not None else {}
    given = stopped(scripts(job), answers, {"TRAVIS_EVENT_TYPE": TYPES[build.event.name]})
    return f"nothing it is for has changed ({given})" if given else ""


def scripts(job: Job) -> list[str]:
    found = (job.entry.get(phase) for phase in PHASES)
    return [text for part in found if part is not None for text in part.texts()]
