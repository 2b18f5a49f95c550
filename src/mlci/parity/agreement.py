"""Whether a vendor's plan for an event is the one of mlci.yaml: the same jobs, in an allowed order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mlci.parity.contract import Planned
from mlci.parity.difference import Difference
from mlci.parity.expected import Expected

Key = tuple[str, str]


def disagreements(
    vendor: str, expected: Sequence[Expected], planned: Sequence[Planned]
) -> Iterator[Difference]:
    """Yield what a vendor's plan has otherwise; jobs of workflows that are not expected are left out.

    Parameters
    ----------
    vendor : its id
    expected : the jobs and approvals of some workflows
    planned : all that the vendor's files would do
    """
    workflows = {each.workflow for each in expected}
    found: dict[Key, Planned] = {
        (each.workflow, each.id): each for each in planned if each.workflow in workflows
    }
    known = {(each.workflow, each.id) for each in expected}
    before = closure(found)
    for each in expected:
        if each.job is not None:
            yield from of_job(vendor, each, found, before, expected)
    yield from twice(vendor, [each for each in planned if each.workflow in workflows])
    for (workflow, name), one in found.items():
        if one.runs and not one.approval and (workflow, name) not in known:
            said = f"the file runs '{name}', which mlci.yaml does not know"
            yield Difference(vendor, workflow, name, "job", said, "", "runs")


def twice(vendor: str, planned: Sequence[Planned]) -> Iterator[Difference]:
    counts = Counter((each.workflow, each.id) for each in planned if each.runs and not each.approval)
    for (workflow, name), count in counts.items():
        if count > 1:
            said = f"the file runs it {count} times"
            yield Difference(vendor, workflow, name, "job", said, "once", f"{count} times")


def of_job(
    vendor: str,
    each: Expected,
    found: Mapping[Key, Planned],
    before: Mapping[Key, frozenset[str]],
    expected: Sequence[Expected],
) -> Iterator[Difference]:
    """Yield what a plan has otherwise of one job."""
    one = found.get((each.workflow, each.id))
    where = (vendor, each.workflow, each.id)
    if one is None:
        if each.runs:
            yield Difference(*where, "job", "the file has no such job", "runs", "is not there")
        return
    if one.runs != each.runs:
        got, wanted = ("runs", f"does not: {each.why}") if one.runs else (f"does not: {one.why}", "runs")
        said = "it runs, and must not" if one.runs else "it does not run, and must"
        reason = each.why if one.runs else one.why
        yield Difference(*where, "runs", f"{said}: {reason}", wanted, got)
    elif one.runs:
        for need in missing(each, found, before, expected):
            said = f"it does not wait for '{need}'"
            got = ", ".join(one.needs) or "nothing"
            yield Difference(*where, "order", said, f"after {', '.join(each.needs)}", f"after {got}")


def missing(
    each: Expected,
    found: Mapping[Key, Planned],
    before: Mapping[Key, frozenset[str]],
    expected: Sequence[Expected],
) -> Iterator[str]:
    """Yield what a job must wait for, and does not.

    An approval that a vendor has in another form than a job of its own counts by what comes before it.
    """
    waits = before[each.workflow, each.id]
    needs = {(one.workflow, one.id): one for one in expected}
    for name in each.needs:
        need = needs[each.workflow, name]
        if (need.job is not None or (each.workflow, name) in found) and name not in waits:
            yield name
        elif need.job is None:
            yield from missing_before(need, waits, found, needs)


def missing_before(
    approval: Expected,
    waits: frozenset[str],
    found: Mapping[Key, Planned],
    needs: Mapping[Key, Expected],
) -> Iterator[str]:
    for name in approval.needs:
        need = needs[approval.workflow, name]
        if need.job is None and (approval.workflow, name) not in found:
            yield from missing_before(need, waits, found, needs)
        elif name not in waits:
            yield name


def closure(found: Mapping[Key, Planned]) -> dict[Key, frozenset[str]]:
    """Return all that each job waits for, directly or not."""
    known: dict[Key, frozenset[str]] = {}

    def visit(key: Key) -> frozenset[str]:
        if key not in known:
            known[key] = frozenset()
            if key in found:
                needs = found[key].needs
                more = [visit((key[0], need)) for need in needs]
                known[key] = frozenset(needs).union(*more)
        return known[key]

    for key in found:
        visit(key)
    return known
