"""Which jobs of Jenkinsfiles an event runs: Groovy reads them, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mlci.errors import input_error
from mlci.findings import Mark
from mlci.parity.contract import Event, Planned
from mlci.parity.naming import executed
from mlci.vendors.jenkins.runner import groovy, library
from mlci.vendors.jenkins.runner.events import build_of
from mlci.vendors.jenkins.runner.library import RULE
from mlci.vendors.jenkins.runner.reading import File, place, read_files


class Fate(NamedTuple):
    """Whether an instance runs where all that runs before it succeeds."""

    runs: bool
    why: str = ""
    withheld: bool = False


def plan(files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
    """Tell which jobs an event runs, of every Jenkinsfile.

    Raises
    ------
    InputError : Jenkins would refuse a file, or it holds what is not known here
    EnvironmentLacks : Groovy is missing
    """
    return tuple(
        each for file, fates in fates_of(read_files(files), event) for each in plan_file(file, fates)
    )


def plan_file(file: File, fates: Mapping[str, Fate]) -> Iterator[Planned]:
    for found in file.found.values():
        needs = tuple(sorted(name for need in found.needs for name in file.found[need].ids))
        for name in found.ids:
            fate = fates[name]
            yield Planned(file.workflow, name, needs, fate.runs, fate.why, found.approval)


def fates_of(files: Sequence[File], event: Event) -> Iterator[tuple[File, dict[str, Fate]]]:
    builds = [
        build_of(file, event, **asked(file, event, whole=whole)) for file in files for whole in (True, False)
    ]
    results = iter(groovy.run(builds) if builds else [])
    for file in files:
        everything, given = next(results), next(results)
        for result in (everything, given):
            if result.error is not None:
                raise input_error(Mark(file.path), result.error, RULE)
        yield file, dict(fates_of_file(file, event, everything, given))


def asked(file: File, event: Event, *, whole: bool) -> dict[str, Any]:
    """Return the answers to approvals, all of them a yes or only those that are given; and any credential."""
    approvals = [found.stage for found in file.found.values() if found.approval]
    return {"answers": {name: whole or name in event.approved for name in approvals}, "anyCredential": True}


def fates_of_file(
    file: File, event: Event, everything: groovy.Result, given: groovy.Result
) -> Iterator[tuple[str, Fate]]:
    """Yield each instance's fate, from what happens with every approval and with those that are given."""
    why = not_started(file, event, given.trace)
    all_run, now_run = ran(file, everything.trace), ran(file, given.trace)
    refused = next((each["stage"] for each in given.trace if each.get("answer") is False), "")
    broken = dict(failures(file, given.trace))
    for found in file.found.values():
        for name in found.ids:
            if why:
                yield name, Fate(False, why)
            elif name in now_run:
                yield name, Fate(True)
            elif name in all_run:
                yield (
                    name,
                    Fate(False, f"approval '{refused.rpartition('/')[2]}' is not given", withheld=True),
                )
            else:
                yield name, Fate(False, broken.get(name, "its `when` does not hold"))


def failures(file: File, trace: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the ids of jobs whose stage fails before it works, and of those behind them, and why."""
    for event in trace:
        at = place(event["stage"], file)
        if at is not None and event["event"] == "failed":
            yield at[1], event["message"]
        elif at is not None and event["event"] == "skipped" and event["why"] != "when":
            yield at[1], event["why"]


def ran(file: File, trace: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the ids of the jobs that ran, and of the approvals that were given."""
    return {name for event in trace if (name := reached(file, event))}


def reached(file: File, event: Mapping[str, Any]) -> str:
    """Return the id of the job that an entry of a trace runs, or of the approval it gives; "" for none."""
    found = place(event["stage"], file)
    if found is None:
        return ""
    one, name = found
    if one.approval:
        return name if event["event"] == "input" and event["answer"] else ""
    if event.get("step") != "sh":
        return ""
    worked = any(executed(event["arguments"]["script"])) or any(library.ran(event["variables"]))
    return name if worked else ""


def not_started(file: File, event: Event, trace: Sequence[Mapping[str, Any]]) -> str:
    """Say why an event does not start a file's builds; "" when it does, and its stages decide."""
    if event.name in ("schedule", "manual") and event.workflow not in ("", file.workflow):
        return f"only {event.workflow} is started"
    if event.name != "schedule":
        return ""
    lines = next((each["said"].get("cron") for each in trace if each["event"] == "triggers"), "")
    return "" if lines else f"no clock starts it on {event.branch}"
