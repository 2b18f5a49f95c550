"""What plans ask for and a vendor cannot do: rows that a vendor fills, said once each at their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mlci.findings import Finding, Severity, suggest
from mlci.planning.plan import Job, Plan
from mlci.yaml.document import Key

Words = Mapping[str, Any]
Of = TypeVar("Of")
STAGE, WORKFLOW, RUNNER = ("stages", "{stage}"), ("workflows", "{workflow}"), ("{runner}",)
"""Where most things are asked for."""


@dataclass(frozen=True)
class Limit(Generic[Of]):
    """One thing that a vendor cannot do as asked, and the way round."""

    feature: str
    """One of `mlci.planning.vendor.FEATURES`; "" where it is about none of them and has a rule of its own."""
    where: tuple[str, ...]
    """The path in mlci.yaml; `{word}` stands for a word's value, one key or several."""
    asked: Callable[[Plan, Of], bool | Iterable[Words]]
    """Whether a job, or a workflow among all, asks for it; or words for each time that it does."""
    message: str
    """Said with its words in their places, as `help` is."""
    help: str
    severity: Severity = "warning"
    key: bool = False
    """Whether the key is meant, and not the value."""
    rule: str = ""
    """What the finding is called, if not by the feature."""

    def path(self, words: Words) -> Iterator[Key]:
        for part in self.where:
            given = words[part[1:-1]] if part.startswith("{") else part
            yield from given if isinstance(given, tuple) else (given,)


@dataclass(frozen=True)
class Limits:
    """All that one vendor cannot do."""

    vendor: str
    workflows: tuple[Limit[Sequence[Plan]], ...]
    jobs: tuple[Limit[Job], ...]
    title: str = ""
    """What messages begin with, for a vendor whose messages do not name it."""

    def __call__(self, plans: Sequence[Plan]) -> Iterable[Finding]:
        """Return what these plans ask for and the vendor cannot do, each once."""
        return dict.fromkeys(found for plan in plans for found in self.of_plan(plan, plans))

    def of_plan(self, plan: Plan, plans: Sequence[Plan]) -> Iterator[Finding]:
        for row in self.workflows:
            yield from self.said(row, plan, row.asked(plan, plans), None)
        for job in plan.jobs:
            for each in self.jobs:
                yield from self.said(each, plan, each.asked(plan, job), job)

    def said(
        self, row: Limit[Any], plan: Plan, asked: bool | Iterable[Words], job: Job | None
    ) -> Iterator[Finding]:
        for own in ({},) if asked is True else asked or ():
            words = {**words_of(plan, job), **own}
            mark = plan.pipeline.mark(*row.path(words), key=row.key)
            message, help = (text.format_map(words) for text in (self.title + row.message, row.help))
            yield Finding(
                mark, message, f"{self.vendor}-{row.rule or row.feature}", row.severity, help or None
            )


def words_of(plan: Plan, job: Job | None) -> Words:
    """Return the words that paths and messages may use of a workflow, and of a job."""
    if job is None:
        return {"workflow": plan.workflow.name}
    at = job.runner_path
    return {
        "workflow": plan.workflow.name,
        "stage": job.stage.name,
        "job": job.id,
        "runner": at,
        "who": f"{at[0].removesuffix('s')} '{at[1]}'",
        "image": job.runner.image,
        "python": job.python,
        "asks_python": job.asks_python,
    }


def unknown(given: Mapping[str, Any], known: Sequence[str], otherwise: str = "") -> Iterator[Words]:
    """Yield the keys of a free mapping that a vendor has no place for."""
    for name in given:
        if name not in known:
            yield {"name": name, "known": ", ".join(known), "help": suggest(name, known) or otherwise}
