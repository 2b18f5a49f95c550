"""Runs a .travis.yml: stage after stage, the jobs of one side by side, each on a machine of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping, Set
from pathlib import Path

from mlci.parity import witness
from mlci.parity.account import Outcome, account, not_run
from mlci.parity.contract import BAD, Ran, Setting, Status
from mlci.parity.graph import run_graph
from mlci.parity.joblog import JobLog
from mlci.parity.machine import MARK, Machine, machine, seen, sweep
from mlci.parity.shell import Limits, Shell
from mlci.parity.stores import Caches
from mlci.vendors.travis.runner.build import Build, Job, builds, withheld
from mlci.vendors.travis.runner.config import load
from mlci.vendors.travis.runner.environment import OWN, variables
from mlci.vendors.travis.runner.work import Shared, Work, check

BY_HAND = "the approval is given by starting a build by hand"


def perform(files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
    """Run the build of an event, and the one that a person starts to approve.

    Raises
    ------
    InputError : something in the file is not known, or a job needs what is not here
    """
    found = builds(load(files), setting.event, setting.secrets)
    later = {job.key for build in found[1:] for job in build.jobs if job.runs}
    rans: dict[str, Ran] = {}
    for number, build in enumerate(found):
        left_out = later if number == 0 else frozenset()
        for key, ran in Run(build, setting, number, left_out).run().items():
            if key not in rans or key in later:
                rans[key] = ran
    return tuple(rans.values())


class Run:
    """One build being run."""

    def __init__(self, build: Build, setting: Setting, number: int, left_out: Set[str]) -> None:
        self.build, self.setting, self.number = build, setting, number
        wanted = setting.event.workflow
        self.left_out = {
            job.key
            for job in build.jobs
            if job.key in left_out
            or (wanted and job.named is not None and job.named.workflow not in ("", wanted))
        }
        self.jobs = {job.key: job for job in build.jobs}
        self.rans: dict[str, Ran] = {}
        scratch = setting.scratch
        self.shared = Shared(
            scratch / "workspaces" / str(number), Caches(scratch / "caches" / str(number)), scratch
        )
        for job in build.jobs:
            if self.runs(job):
                check(job)

    def runs(self, job: Job) -> bool:
        return job.runs and job.key not in self.left_out

    def run(self) -> dict[str, Ran]:
        """Run the stages; return what became of each job of mlci's."""
        needs = {key: [each.key for each in self.build.before(job)] for key, job in self.jobs.items()}
        ended = run_graph(needs, self.decide, self.work, self.setting, lambda key: self.jobs[key].title)
        for key, status in ended.items():
            job = self.jobs[key]
            if job.named is not None and key not in self.rans and key not in self.left_out:
                self.rans[key] = not_run(job.named, status, self.log_of(job))
        return self.rans

    def decide(self, key: str, ended: Mapping[str, Status]) -> Status | None:
        """Return what becomes of a job without running it, None when it runs."""
        job = self.jobs[key]
        before = self.build.before(job)
        failed = [each for each in before if ended[each.key] in BAD and not each.may_fail]
        if self.runs(job):
            return "unreached" if failed else None
        if key in self.left_out or not withheld(job, self.build):
            return "skipped"
        return "unreached" if any(alike(each, job) for each in failed) else "withheld"

    def log_of(self, job: Job) -> Path:
        return self.setting.scratch / "logs" / str(self.number) / f"{job.title.replace('/', '-')}.log"

    def work(self, key: str) -> Status:
        """Run one job on a machine of its own."""
        job, setting = self.jobs[key], self.setting
        at = machine(setting.scratch / "machines" / f"{self.number}-{key}", setting)
        folder = at.home / "build" / "example" / "repository"
        event = self.build.event
        base = {**at.environ(setting), **variables(event, setting.commit, setting.base, str(folder))}
        base |= self.own_variables(job)
        began = time.time()
        with JobLog(self.log_of(job)) as log:
            try:
                status = self.phases(job, at, folder, base, log)
            finally:
                if count := sweep(at.mark):
                    log.line(f"mlci parity: {count} processes that were left behind have been ended")
        status = self.account(job, at, base, Outcome(status, began, time.time()))
        return status

    def own_variables(self, job: Job) -> dict[str, str]:
        python = job.entry.text("python")
        return {
            "TRAVIS_ALLOW_FAILURE": str(job.may_fail).lower(),
            "TRAVIS_JOB_ID": f"200{job.key}",
            "TRAVIS_JOB_NUMBER": f"7.{job.key}",
            "TRAVIS_JOB_NAME": job.title,
            "TRAVIS_BUILD_STAGE_NAME": job.stage,
            **({"TRAVIS_PYTHON_VERSION": python} if python else {}),
        }

    def phases(self, job: Job, at: Machine, folder: Path, base: Mapping[str, str], log: JobLog) -> Status:
        setting = self.setting
        if setting.stop is None:
            raise ValueError("a run needs a wish to stop")
        folder.parent.mkdir(parents=True)
        setting.clone(f"travis-{self.number}-{job.key}").rename(folder)
        limits = Limits(setting.stop, time.monotonic() + setting.timeout)
        shell = Shell(log, limits)
        return Work(job, at, folder, {**setting.secrets, **base}, self.shared, shell, self.build.given).run()

    def account(self, job: Job, at: Machine, base: Mapping[str, str], outcome: Outcome) -> Status:
        """Account for a job; one that passed without calling mlci had nothing to do."""
        if job.named is None:
            return outcome.status
        found = witness.executions(witness.calls(self.setting.tools))
        calls = [each for each in found if each.environ.get(MARK) == at.mark]
        if not calls and outcome.status == "passed":
            self.rans[job.key] = not_run(job.named, "skipped", self.log_of(job))
            return "passed"
        given = calls[-1].environ if calls else {}
        ran = account(
            job.named,
            outcome,
            calls,
            self.log_of(job),
            saw=seen(given, base, self.setting.secrets, OWN),
            secrets=renamed(given, self.setting.secrets),
        )
        apart = {"context event": BY_HAND} if self.number else {}
        self.rans[job.key] = ran._replace(apart=apart if self.setting.event.name != "manual" else {})
        return outcome.status


def alike(one: Job, other: Job) -> bool:
    return one.named is not None and other.named is not None and one.named.workflow == other.named.workflow


def renamed(environ: Mapping[str, str], secrets: Mapping[str, str]) -> list[str]:
    """Return the secrets that a file has put under another name; by their own, every job has them all."""
    return [
        name
        for name, secret in secrets.items()
        if secret and any(value == secret and each != name for each, value in environ.items())
    ]
