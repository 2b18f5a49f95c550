"""The cases of rendering: a mlci.yaml, and what every vendor makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from mlci.findings import order, show
from mlci.language.catalogue import vendor_ids
from mlci.planning import repository
from mlci.planning.plan import Job, Plan
from mlci.planning.vendor import ReadJob, Vendor
from mlci.yaml.document import Document

FOLDER = Path(__file__).parent / "cases" / "render"
CASES = sorted(folder.name for folder in FOLDER.iterdir())
VENDORS = vendor_ids()


@cache
def plans_of(case: str) -> tuple[Plan, ...]:
    """Load a case."""
    return repository.plans(repository.load(FOLDER / case))


def plans_from(text: str) -> tuple[Plan, ...]:
    """Load a pipeline from text, without looking for its files."""
    return repository.plans(repository.parse(Document("mlci.yaml", text)))


def expected(case: str, vendor: str) -> dict[str, str]:
    """Return the files a case expects of a vendor: path -> text."""
    top = FOLDER / case / vendor
    return {
        path.relative_to(top).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


def limits_text(vendor: Vendor, case: str) -> str:
    """Return all that a vendor says it cannot do for a case."""
    return "".join(f"{show(found)}\n" for found in order(vendor.limits(plans_of(case))))


def limits_file(case: str, vendor: str) -> Path:
    """Return the file that holds what a case expects a vendor to say."""
    return FOLDER / case / f"{vendor}.limits.txt"


def node_of(plan: Plan, name: str) -> str:
    """Return the node that a job of a rendered file stands for; an instance stands for its matrix."""
    for job in plan.jobs:
        if job.stage.matrix is not None and name in {one.id for one in job.instances()}:
            return job.id
    return name


def ancestors(needs: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Return all that comes before each node."""
    found: dict[str, set[str]] = {}

    def visit(name: str) -> set[str]:
        if name not in found:
            found[name] = {each for need in needs[name] for each in (need, *visit(need))}
        return found[name]

    for name in needs:
        visit(name)
    return found


def as_read(plan: Plan, job: Job, *, words: tuple[str, ...] = ()) -> ReadJob:
    """Return what reading a rendered file back must yield for a job; `words` end its command."""
    return ReadJob(
        workflow=plan.workflow.name,
        id=job.id,
        needs=tuple(sorted(job.needs)),
        command=(*job.command, *words),
        env=dict(job.env),
        secrets=job.stage.secrets,
        collects=job.collects,
    )
