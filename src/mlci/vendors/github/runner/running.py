"""Runs the workflows that an event starts."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.errors import InputError
from mlci.parity.contract import Ran, Setting
from mlci.vendors.github.runner import shipped_actions
from mlci.vendors.github.runner.accounting import account_for
from mlci.vendors.github.runner.events import not_started
from mlci.vendors.github.runner.planning import answers, fates_of
from mlci.vendors.github.runner.reading import Job, Workflow, read_workflows
from mlci.vendors.github.runner.run import Run
from mlci.vendors.github.runner.source import prepare
from mlci.vendors.github.runner.substitutes.offered import (
    images,
    refuse_strange_actions,
    refuse_two_states,
    used_by,
)


def perform(files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
    """Run the workflows that an event starts, one after the other; jobs that may run side by side do.

    Raises
    ------
    InputError : a file is wrong, or a job needs what is not here
    """
    event = setting.event
    wanted = [each for each in read_workflows(files) if event.workflow in ("", each.name)]
    started = [each for each in wanted if not not_started(each, event)]
    for workflow in started:
        check(workflow, setting)
    if not started:
        return ()
    source, commits = prepare(setting)
    found: list[Ran] = []
    for workflow in started:
        run = Run(workflow, setting, source, commits)
        run.run()
        found.extend(account_for(run))
    return tuple(found)


def check(workflow: Workflow, setting: Setting) -> None:
    """Refuse what cannot be carried out here before anything runs; say what is done otherwise."""
    jobs = likely(workflow, setting)
    for job in jobs:
        refuse_strange_actions(workflow, job, setting.substitutes)
    refuse_two_states(workflow, jobs)
    found = images(jobs)
    if found:
        setting.say(f"{workflow.name}: jobs in {', '.join(found)} run on this machine, with its Python")
    for told in sorted({shipped_actions.told(uses) for uses in used_by(jobs) if shipped_actions.named(uses)}):
        if told:
            setting.say(f"{workflow.name}: {told}")


def likely(workflow: Workflow, setting: Setting) -> list[Job]:
    """Return the jobs that run, or all where only the run itself will tell."""
    try:
        fates = fates_of(workflow, setting.event, lambda job: answers(job, setting.event))
    except InputError:
        return list(workflow.jobs.values())
    return [job for key, job in workflow.jobs.items() if fates[key].runs]
