"""One job from its key to its record: restored from the store, or run, checked and handed on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from mlci import __version__
from mlci.engine import masker, secret_leaks
from mlci.engine.attempt import Failure, Tried, attempt, duration
from mlci.engine.bundle import NAME, pack
from mlci.engine.command import Call, prepare
from mlci.engine.key import ingredients, key_of, plain
from mlci.engine.log import Log
from mlci.engine.masker import Masker
from mlci.engine.orphans import Noted
from mlci.engine.previous_outputs import PreviousOutputs
from mlci.engine.process import Ended
from mlci.engine.record import Record, Timing, write_record
from mlci.engine.reports import write_reports
from mlci.engine.store import Found, Store
from mlci.engine.tracked import tracked
from mlci.engine.unpack import Refused, unpack
from mlci.engine.workspace import Workspace
from mlci.errors import EnvironmentLacks, InputError
from mlci.models.digest import Digest
from mlci.planning.plan import Job, Plan
from mlci.stages.contract import Case

Say = Callable[[str], None]
Digests = dict[str, Digest]


class Options(NamedTuple):
    """How a job is to be done."""

    say: Say
    """Shows one line of its output."""
    store: Store | None = None
    force: bool = False
    """Whether to run it although the store has its result."""
    hand_on: bool = False
    """Whether to leave its bundle for the jobs that follow elsewhere."""
    pause: float = 2.0
    """Seconds before the second try; each later pause is twice as long."""


class Result(NamedTuple):
    """What came of a job."""

    record: Record
    exit_status: int = 0
    """0 done, 1 the work failed, 2 the input is wrong, 3 a defect of mlci, 130 interrupted."""
    message: str = ""
    help: str | None = None
    cases: tuple[Case, ...] = ()
    summary: str = ""


def execute(plan: Plan, job: Job, workspace: Workspace, options: Options) -> Result:
    """Do exactly one job; leave its record, reports and log, and return what came of it.

    Parameters
    ----------
    plan : the workflow it is part of
    job : a job without a matrix, or one instance of a matrix job
    workspace : where
    options : how

    Raises
    ------
    InputError : an input is missing, a secret is not set, the disk is full. That the command failed is a
        result, not an exception
    """
    execution = Execution(plan, job, workspace, options, ingredients(plan.pipeline, job, workspace))
    return execution.restore() or execution.work()


class Execution:
    """A job being done; `made` is all that determines its result."""

    def __init__(
        self, plan: Plan, job: Job, workspace: Workspace, options: Options, made: Mapping[str, Any]
    ) -> None:
        self.plan, self.job, self.workspace, self.options, self.made = plan, job, workspace, options, made
        self.key = key_of(made)
        self.begun = datetime.now(UTC)
        self.clock = time.monotonic()
        self.aside = PreviousOutputs(workspace.root, workspace.state / "aside" / job.id)
        self.masker = Masker(())
        self.store = options.store if job.files.cached else None

    def restore(self) -> Result | None:
        """Restore the outputs from the store; None when they must be made."""
        if self.store is None or self.options.force:
            return None
        found = self.store.get(self.key, self.workspace.state / "fetched" / self.job.id)
        digests = None if found is None else self.open(self.store, found)
        if found is None or digests is None:
            return None
        tried = Tried(Ended(0, 0.0), metrics=dict(found.record.metrics))
        record = self.record(tried, digests)._replace(restored=True, attempts=0, checks=found.record.checks)
        return self.finish(Result(record), digests)

    def open(self, store: Store, found: Found) -> Digests | None:
        """Put what the store had in place; None when it is not what was kept."""
        made = self.job.files.made
        try:
            unpack(found.bundle, self.workspace.root, self.workspace.state, job_id=self.job.id, only=made)
            digests = self.digests(made)
        except Refused as error:
            store.damaged(str(error))
            return None
        except InputError:
            digests = {}
        finally:
            found.bundle.unlink(missing_ok=True)
        if comparable(digests) == dict(found.record.outputs):
            return digests
        store.damaged(f"what key {self.key[:12]} restores is not what was kept")
        return None

    def work(self) -> Result:
        """Run the command, with as many tries as it may have."""
        pipeline, job = self.plan.pipeline, self.job
        secrets = self.workspace.secrets.of(pipeline, job.stage)
        self.masker = Masker(self.workspace.secrets.hidden(pipeline, secrets))
        self.aside.take(job.files.made_anew, tracked(self.workspace.root, job.files))
        try:
            for path in job.files.made:
                (self.workspace.root / path).parent.mkdir(parents=True, exist_ok=True)
            call = prepare(pipeline, job, self.workspace, secrets)
            try:
                with Log(self.workspace.reports(job.id), self.options.say, self.workspace.warn) as log:
                    tried, count = self.tries(call, log.say)
            finally:
                call.clean()
            return self.conclude(tried, count)
        except BaseException:
            self.aside.restore()
            raise

    def tries(self, call: Call, say: Say) -> tuple[Tried, int]:
        """Try until it succeeds, cannot succeed, or has been tried often enough."""
        most, count = self.job.stage.retries + 1, 1
        while True:
            tried = self.once(call, say)
            if tried.failure is None or tried.failure.final or count == most:
                return tried, count
            pause = self.options.pause * 2 ** (count - 1)
            said = f"try {count} of {most} failed: {tried.failure.message}; again in {duration(pause)}"
            say(f"mlci: {said}")
            self.wait(pause)
            self.aside.clear()
            count += 1

    def once(self, call: Call, say: Say) -> Tried:
        """Run the command once; while it runs, a note says so."""
        noted = Noted(self.workspace.state / "running", self.job.id)
        try:
            return attempt(
                self.job,
                self.workspace.root,
                call,
                say=say,
                masker=self.masker,
                stop=self.workspace.stop,
                started=noted.started,
            )
        finally:
            noted.ended()

    def wait(self, seconds: float) -> None:
        """Wait, but not when asked to stop."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.workspace.stop.wished:
            time.sleep(0.05)

    def conclude(self, tried: Tried, count: int) -> Result:
        """Keep what was made, or bring back what was there before; account for it."""
        files, digests = self.job.files, {}
        if tried.failure is None:
            tried = tried._replace(failure=self.leaked())
        if tried.failure is None:
            try:
                digests = self.digests(files.made)
            except InputError as error:
                tried = tried._replace(failure=Failure(str(error), help=error.help))
        if tried.failure is None:
            self.aside.forget()
        else:
            fresh = files.metrics if self.aside.moved else files.made
            self.aside.restore(but=files.metrics)
            digests = self.digests(fresh, lenient=True)
        blame = tried.failure or Failure("", 0)
        blame = blame._replace(message=self.masker.text(blame.message))
        record = self.record(tried, digests)._replace(attempts=count, message=blame.message)
        said = (blame.exit_status, blame.message, blame.help, tried.cases, tried.summary)
        return self.finish(Result(record, *said), digests)

    def leaked(self) -> Failure | None:
        """Return the failure of a job whose outputs hold one of its secrets; others would get it too."""
        root, made = self.workspace.root, self.job.files.made
        secrets = self.workspace.secrets.of(self.plan.pipeline, self.job.stage)
        paths = (file for path in made for file in secret_leaks.files(root / path))
        leak = next(secret_leaks.leaks(paths, secrets, masker.LEAST), None)
        if leak is None:
            return None
        said = f"the secret {leak.secret} shows in the output '{leak.place.relative_to(root)}'"
        help = "keep it out of what the stage makes: outputs are handed to other jobs and kept"
        return Failure(said, help=help)

    def digests(self, paths: Iterable[str], *, lenient: bool = False) -> Digests:
        """Digest outputs; `lenient` leaves out what is missing or cannot be read."""
        found = {}
        for path in paths:
            try:
                found[path.rstrip("/")] = self.workspace.cache.read(path)
            except InputError:
                if not lenient:
                    raise
        return found

    def record(self, tried: Tried, digests: Digests) -> Record:
        """Account for what was done."""
        job, stage, failure = self.job, self.job.stage, tried.failure
        given = {name: plain(value) for name, value in (job.files.arguments or {}).items()}
        versions = {
            "mlci": __version__,
            "python": self.made["interpreter"],
            "platform": self.made["platform"],
        }
        now = datetime.now(UTC)
        return Record(
            workflow=job.workflow,
            stage=stage.name,
            job=job.id,
            command={"uses": stage.uses, "with": given} if stage.uses else {"run": stage.run},
            params=dict(stage.params),
            inputs={name[6:]: value for name, value in self.made.items() if name.startswith("input.")},
            outputs=comparable(digests),
            metrics=tried.metrics,
            status="done" if failure is None else failure.status,
            exit_status=0 if failure is None else tried.ended.status or failure.exit_status,
            key=self.key,
            ingredients=self.made,
            environment={name: self.masker.text(value) for name, value in job.env.items()},
            secrets=stage.secrets,
            context=self.workspace.context._asdict(),
            versions=versions,
            timing=Timing(iso(self.begun), iso(now), round(time.monotonic() - self.clock, 3)),
            checks=checks(tried.cases),
        )

    def finish(self, result: Result, digests: Digests) -> Result:
        folder = self.workspace.handoff(self.job.id)
        self.keep(result.record, digests, folder / NAME)
        write_record(result.record, folder)
        write_reports(self.workspace.reports(self.job.id), result)
        self.workspace.cache.save()
        return result

    def keep(self, record: Record, digests: Digests, path: Path) -> None:
        """Hand the outputs on, and give them to the store; one bundle serves both."""
        store = self.store if record.done and not record.restored else None
        if self.options.hand_on:
            packed = pack(self.workspace.root, path, digests)
            if store is not None:
                store.put(record, packed)
            return
        try:
            if store is not None:
                store.put(record, pack(self.workspace.root, path, digests))
        except EnvironmentLacks as error:
            self.workspace.warn(f"the outputs of '{self.job.id}' are not kept in the store: {error}")
        # A bundle that nobody is to collect would only grow old.
        path.unlink(missing_ok=True)


def checks(cases: Iterable[Case]) -> dict[str, bool]:
    """Return each check by its name; of those that share a name, all must be passed."""
    found: dict[str, bool] = {}
    for case in cases:
        found[case.name] = case.passed and found.get(case.name, True)
    return found


def comparable(digests: Digests) -> dict[str, str]:
    return {path: each.comparable for path, each in digests.items()}


def iso(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
