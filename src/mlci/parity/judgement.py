"""What a vendor did otherwise than the plan: what explains the rest comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from mlci.parity import choice
from mlci.parity.agreement import disagreements
from mlci.parity.column import Column
from mlci.parity.compared import compare, order
from mlci.parity.contract import BAD, Event, Planned
from mlci.parity.difference import Difference
from mlci.parity.expected import Expected
from mlci.parity.leaks import leaks
from mlci.planning.plan import Plan

Planning = Callable[[Event], Sequence[Planned]]


def planned(
    vendor: str, planning: Planning, plans: Sequence[Plan], jobs: Sequence[Expected], event: Event
) -> Iterator[Difference]:
    """Yield what a vendor's files plan otherwise, also when one of the approvals is not given."""
    yield from disagreements(vendor, jobs, planning(event))
    for approval in event.approved:
        less = event._replace(approved=tuple(each for each in event.approved if each != approval))
        yield from disagreements(vendor, choice.jobs_of(plans, less), planning(less))


def done(
    column: Column, reference: Column, plans: Sequence[Plan], jobs: Sequence[Expected]
) -> Iterator[Difference]:
    """Yield what a vendor's run did otherwise than the plan's."""
    wanted, got = reference.by_job, column.by_job
    for job in jobs:
        ran = got.get((job.workflow, job.id))
        if job.job is not None and ran is not None:
            yield from compare(column.id, job, wanted[job.workflow, job.id], ran)
    yield from order(column.id, jobs, got)
    yield from notices(column, reference, plans, jobs)


def shown(
    column: Column, folder: Path, secrets: Mapping[str, str], jobs: Sequence[Expected]
) -> Iterator[Difference]:
    """Yield each secret that shows in what a vendor's run has left in a folder."""
    for leak in leaks(folder, secrets):
        place = leak.place.relative_to(folder)
        said = f"the secret {leak.secret} shows in {place}"
        yield Difference(column.id, jobs[0].workflow, place.stem, "secret", said, "nowhere", str(place))


def notices(
    column: Column, reference: Column, plans: Sequence[Plan], jobs: Sequence[Expected]
) -> Iterator[Difference]:
    """Yield who would not be told how a workflow ended, or would be told wrongly."""
    for plan in plans:
        name = plan.workflow.name
        own = [job for job in jobs if job.workflow == name and job.job is not None]
        if not own:
            continue
        wanted = expected_notices(plan, own, reference)
        got = {how for how, workflow in column.told if workflow == name}
        for how in sorted(wanted ^ got):
            said = f"nobody is told of the {how}" if how in wanted else f"people are told of a {how}"
            values = ("told", "not told") if how in wanted else ("not told", "told")
            yield Difference(column.id, name, "", "notice", said, *values)


def expected_notices(plan: Plan, jobs: Sequence[Expected], reference: Column) -> set[str]:
    """Return how people are to be told: of a failure, of a success."""
    notify = plan.workflow.notify
    if notify is None:
        return set()
    statuses = [reference.by_job[job.workflow, job.id].status for job in jobs if not may_fail(job)]
    bad = any(status in BAD for status in statuses)
    good = not bad and all(status in ("passed", "skipped") for status in statuses)
    return {how for how, true in (("failure", bad), ("success", good)) if true and getattr(notify, how)}


def may_fail(job: Expected) -> bool:
    """Tell whether a job's failure does not count."""
    return job.job is not None and job.job.stage.allow_failure
