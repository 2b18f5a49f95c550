"""A proof: the plan and every vendor's files run here on the same commit, and all of it compared."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from threading import Semaphore
from typing import NamedTuple

from mlci.engine.stop import Stop
from mlci.errors import EnvironmentLacks, InputError
from mlci.language.model import Pipeline
from mlci.parity import choice, judgement, witness
from mlci.parity.column import REFERENCE, Column, lacking, of_plan, of_vendor, refused
from mlci.parity.contract import Event, Performer, Setting
from mlci.parity.difference import Difference
from mlci.parity.expected import Expected
from mlci.parity.snapshot import Snapshot, snapshot
from mlci.planning.plan import Plan, install_commands
from mlci.planning.vendor import Vendor

Say = Callable[[str], None]


class Request(NamedTuple):
    """How a proof is to be made."""

    vendors: tuple[Vendor, ...]
    performers: Mapping[str, Performer]
    secrets: Mapping[str, str] = {}
    jobs: int = 2
    timeout: float = 3600.0
    substitutes: Mapping[str, Path] = {}


class Part(NamedTuple):
    """The proof of one event."""

    event: Event
    snapshot: Snapshot
    jobs: tuple[Expected, ...]
    reference: Column
    columns: tuple[Column, ...]
    differences: tuple[Difference, ...]


class Prover:
    """Makes the proof of one event.

    Parameters
    ----------
    root : the repository
    plans : its workflows
    wish : how
    scratch : a folder for all of it
    stop : a wish to end early
    say : shows one line of progress
    """

    def __init__(
        self, root: Path, plans: Sequence[Plan], request: Request, scratch: Path, stop: Stop, say: Say
    ) -> None:
        self.root, self.plans, self.request = root, plans, request
        self.scratch, self.stop, self.say = scratch, stop, say
        self.slots = Semaphore(request.jobs)
        self.id = token_hex(8)
        self.taken: Snapshot | None = None

    def prove(self, event: Event) -> Part:
        """Run everything and compare it.

        Raises
        ------
        InputError : the event starts nothing, a secret is missing, git fails
        """
        jobs = choice.jobs_of(self.plans, event)
        if not jobs:
            raise choice.nothing(event)
        self.need_secrets(jobs)
        made = self.snapshot(event)
        files = {vendor.ID: made.files(vendor.product.owns) for vendor in self.request.vendors}
        reference, *columns = self.run_all(jobs, made, event, files)
        if self.stop.wished:
            raise KeyboardInterrupt
        judged = list(self.judge(columns, reference, jobs, event, files))
        columns = [judged_column for judged_column, _ in judged]
        found = dict.fromkeys(each for _, differences in judged for each in differences)
        return Part(event, made, jobs, reference, tuple(columns), tuple(found))

    def snapshot(self, event: Event) -> Snapshot:
        if self.taken is None:
            self.taken = snapshot(self.root, event, self.scratch / "source.git")
        return self.taken

    def need_secrets(self, jobs: Sequence[Expected]) -> None:
        """Refuse to begin without a secret that a job needs."""
        for job in jobs:
            for name in job.job.stage.secrets if job.runs and job.job is not None else ():
                if not self.request.secrets.get(name):
                    help = f"put {name}=… into .mlci/secrets.env or a file for --secrets; any value may do"
                    raise EnvironmentLacks(f"'{job.id}' needs the secret {name}, which is not set", help=help)

    def run_all(
        self,
        jobs: Sequence[Expected],
        made: Snapshot,
        event: Event,
        files: Mapping[str, Mapping[str, str]],
    ) -> list[Column]:
        """Run the plan and each vendor's files, side by side where they cannot meet."""
        together = 1 if meets_outside(self.plans[0].pipeline, jobs) else self.request.jobs

        def run(vendor: Vendor) -> Column:
            performer = self.request.performers.get(vendor.ID)
            lack = lacking(vendor, performer, files[vendor.ID])
            if lack is not None or performer is None:
                return lack or Column(vendor.ID, vendor.product.TITLE)
            return of_vendor(vendor, performer, files[vendor.ID], self.setting(vendor.ID, made, event))

        with ThreadPoolExecutor(together) as pool:
            first = pool.submit(of_plan, jobs, self.setting(REFERENCE, made, event))
            others = pool.map(run, self.request.vendors)
            return [first.result(), *others]

    def setting(self, name: str, made: Snapshot, event: Event) -> Setting:
        """Return where and how one of them is run."""
        scratch = self.scratch / name
        scratch.mkdir(parents=True)
        return Setting(
            clone=lambda folder: made.clone(self.scratch / "clones" / name / folder),
            proof=self.id,
            scratch=scratch,
            python=Path(sys.executable),
            secrets=self.request.secrets,
            event=event,
            jobs=self.request.jobs,
            timeout=self.request.timeout,
            say=lambda line: self.say(f"{name}: {line}"),
            tools=witness.lay(self.scratch / "tools" / name),
            held=held(self.plans),
            commit=made.commit,
            base=made.base,
            bare=bool(install_commands(self.plans[0].pipeline)),
            slot=lambda: self.slots,
            stop=self.stop,
            substitutes=self.request.substitutes,
        )

    def judge(
        self,
        columns: Sequence[Column],
        reference: Column,
        jobs: Sequence[Expected],
        event: Event,
        files: Mapping[str, Mapping[str, str]],
    ) -> Iterator[tuple[Column, list[Difference]]]:
        """Yield each vendor's column, and what it did otherwise."""
        for column in (each.judged(reference) for each in columns):
            if column.unproven:
                yield column, []
                continue
            try:
                found = list(self.judge_one(column, reference, jobs, event, files[column.id]))
            except InputError as error:
                yield refused(column, error), []
            else:
                yield column, found

    def judge_one(
        self,
        column: Column,
        reference: Column,
        jobs: Sequence[Expected],
        event: Event,
        files: Mapping[str, str],
    ) -> Iterator[Difference]:
        """Yield what one vendor did otherwise."""
        performer = self.request.performers[column.id]
        yield from judgement.planned(
            column.id, lambda one: performer.plan(files, one), self.plans, jobs, event
        )
        yield from judgement.done(column, reference, self.plans, jobs)
        yield from judgement.shown(column, self.scratch / column.id, self.request.secrets, jobs)


def held(plans: Sequence[Plan]) -> dict[str, str]:
    """Return the deployment environment that alone holds a secret; others are the project's."""
    found: dict[str, str] = {}
    for job in (job for plan in plans for job in plan.jobs):
        for name in job.stage.secrets:
            home = job.stage.environment or ""
            found[name] = home if found.get(name, home) == home else ""
    return {name: home for name, home in found.items() if home}


def meets_outside(pipeline: Pipeline, jobs: Sequence[Expected]) -> bool:
    """Tell whether jobs touch what lies outside their clones, where two vendors' would meet."""
    for each in jobs:
        name = None if each.job is None or not each.runs else each.job.files.target
        target = None if name is None else pipeline.targets.get(name)
        if target is not None and (target.type != "local" or leads_out(str(target.options.get("path", "")))):
            return True
    return False


def leads_out(path: str) -> bool:
    return path.startswith(("/", "~", "$")) or ".." in Path(path).parts
