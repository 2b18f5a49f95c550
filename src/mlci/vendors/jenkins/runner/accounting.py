"""What became of each job of a build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mlci.parity import witness
from mlci.parity.account import Named, Outcome, account, not_run
from mlci.parity.contract import Ran, Status
from mlci.parity.graph import ENDED_BADLY
from mlci.parity.machine import MARK, seen
from mlci.vendors.jenkins.runner.events import variables
from mlci.vendors.jenkins.runner.reading import Found, place

if TYPE_CHECKING:
    from mlci.vendors.jenkins.runner.running import Run

OWN = (
    "NODE_",
    "EXECUTOR_NUMBER",
    "WORKSPACE",
    "STAGE_NAME",
    "GIT_",
    "VIRTUAL_ENV",
    "BUILD_",
    "HUDSON_COOKIE",
)
"""How the names of Jenkins' own variables begin that differ from stage to stage, and of activation's."""
OVER = "the time of `timeout` is over"
"""What Steps.groovy says where the file itself ends a stage."""


def account_for(run: Run) -> Iterator[Ran]:
    """Account for each job of mlci's."""
    statuses: dict[str, Status] = {}
    events = by_instance(run)
    calls = witness.executions(witness.calls(run.setting.tools))
    for found in run.file.found.values():
        for cell in found.cells or ({},):
            name = found.id_of(cell)
            before = [statuses[each] for need in found.needs for each in run.file.found[need].ids]
            statuses[name] = status(run, name, events.get(name, []), before)
            if not found.approval:
                own = [call for call in calls if belongs(call, run, found, cell)]
                yield of_one(run, found, name, statuses[name], own)


def by_instance(run: Run) -> dict[str, list[Mapping[str, Any]]]:
    """Return the entries of the trace, by the ids of the instances they are of."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for event in run.result.trace:
        at = place(event["stage"], run.file)
        if at is not None and event["stage"].rpartition("/")[2] == at[0].stage:
            found.setdefault(at[1], []).append(event)
    return found


def status(run: Run, name: str, events: list[Mapping[str, Any]], before: list[Status]) -> Status:
    """Return what became of one instance."""
    fate, kinds = run.fates[name], {event["event"] for event in events}
    if kinds & {"stage", "failed"}:
        held = run.held(name)
        if (held is not None and held.timed_out) or any(map(over, events)):
            return "timed-out"
        return (
            "failed"
            if "failed" in kinds or any(each.get("step") == "caught" for each in events)
            else "passed"
        )
    if not fate.runs and not fate.withheld:
        return "skipped"
    if any(each in ENDED_BADLY for each in before):
        return "unreached"
    return "withheld" if fate.withheld else "unreached"


def over(event: Mapping[str, Any]) -> bool:
    """Tell whether an entry of the trace is of the end of a `timeout`."""
    return OVER in (event.get("message"), event.get("arguments", {}).get("message"))


def belongs(call: witness.Call, run: Run, found: Found, cell: Mapping[str, str]) -> bool:
    """Tell whether a call of mlci was made in a stage, of a matrix in this cell."""
    marks = {held.at.mark for held in run.gate.held.values()}
    environ = call.environ
    return (
        environ.get(MARK) in marks
        and environ.get("STAGE_NAME") == found.stage
        and all(environ.get(name) == value for name, value in cell.items())
    )


def of_one(run: Run, found: Found, name: str, ended: Status, calls: list[witness.Call]) -> Ran:
    """Account for one instance."""
    named, held = Named(run.file.workflow, name), run.held(name)
    if held is None or ended in ("skipped", "unreached", "withheld"):
        return not_run(named, ended, run.log(name))
    given = calls[-1].environ if calls else {}
    secrets = run.setting.secrets
    base = {**held.at.environ(run.setting), **variables(run.setting.event)}
    return account(
        named,
        Outcome(ended, held.began, held.until),
        calls,
        run.log(name),
        saw=seen(given, base, secrets, OWN),
        secrets=[each for each, value in secrets.items() if value and value in given.values()],
    )
