"""What became of each job of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from mlci.parity import witness
from mlci.parity.account import Named, Outcome, account, not_run
from mlci.parity.contract import Ran, Status
from mlci.parity.graph import ENDED_BADLY
from mlci.parity.machine import MARK, seen
from mlci.vendors.github.runner import shipped_actions
from mlci.vendors.github.runner.planning import Fate, ancestors, fates_of
from mlci.vendors.github.runner.reading import Job
from mlci.vendors.github.runner.run import Run

OWN = ("GITHUB_", "RUNNER_", "ACTIONS_")
"""How the names of GitHub's own variables begin."""
OTHERS = ("ACT", "CI", "ImageOS", "pythonLocation", "Python_ROOT_DIR", "Python3_ROOT_DIR")
"""Those that begin otherwise."""


def account_for(run: Run) -> Iterator[Ran]:
    """Account for each job of mlci's; the file's own are left out."""
    calls = witness.executions(witness.calls(run.setting.tools))
    fates = fates_of(run.workflow, run.setting.event, lambda job: run.progress.outputs(job.key))
    statuses: dict[str, Status] = {}
    for key, job in run.workflow.jobs.items():
        ended = {name: status(run, name, fates[key], job, statuses) for name in run.names(key)}
        statuses[key] = together(ended.values(), allowed=bool(job.data.get("continue-on-error")))
        for name in ended if job.executes else ():
            yield of_one(run, Named(run.workflow.name, name), ended[name], calls)


def status(run: Run, name: str, fate: Fate, job: Job, before: Mapping[str, Status]) -> Status:
    """Return what became of one instance."""
    if name in run.progress.seen:
        held = run.held(name)
        if held is not None and held.timed_out:
            return "timed-out"
        return "failed" if run.progress.failed(name) else "passed"
    if not fate.runs and not fate.withheld:
        return "skipped"
    if any(before[key] in ENDED_BADLY for key in ancestors(run.workflow, job)):
        return "unreached"
    return "withheld" if fate.withheld else "unreached"


def together(statuses: Collection[Status], *, allowed: bool) -> Status:
    """Return how a job ended of which there are several instances; one that may fail holds nothing up."""
    bad = next((each for each in statuses if each in ENDED_BADLY), None)
    if bad is None:
        return next(iter(statuses), "passed")
    return "passed" if allowed and bad != "unreached" else bad


def of_one(run: Run, named: Named, ended: Status, calls: tuple[witness.Call, ...]) -> Ran:
    """Account for one instance."""
    log = run.logs / f"{named.id}.log"
    held, found = run.held(named.id), run.progress.seen.get(named.id)
    if found is None or held is None:
        return not_run(named, ended, log)
    own = [each for each in calls if each.environ.get(MARK) == held.at.mark]
    given = own[-1].environ if own else {}
    others = (*OTHERS, *shipped_actions.variables())
    base = {**held.at.environ(run.setting), **{name: given[name] for name in others if name in given}}
    secrets = run.setting.secrets
    return account(
        named,
        Outcome(ended, held.began, found.ended),
        own,
        log,
        saw=seen(given, base, secrets, OWN),
        secrets=[name for name, value in secrets.items() if value and value in given.values()],
    )
