"""The reference: the plan of mlci.yaml done here, each job in a clone of its own, by no vendor's file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlci.parity import witness
from mlci.parity.account import Named, Outcome, account, not_run
from mlci.parity.contract import BAD, Ran, Setting, Status
from mlci.parity.expected import Expected, context_of, input_variables
from mlci.parity.graph import run_graph, worst
from mlci.parity.joblog import JobLog
from mlci.parity.machine import MARK, Machine, machine, sweep
from mlci.parity.shell import Limits, Shell

ID = "here"
HANDOFF = ".mlci/handoff"


def perform(jobs: Sequence[Expected], setting: Setting) -> tuple[Ran, ...]:
    """Run the jobs of one or more workflows, as a vendor would."""
    return Reference(jobs, setting).run()


class Reference:
    """One run of the plan."""

    def __init__(self, jobs: Sequence[Expected], setting: Setting) -> None:
        self.setting = setting
        self.jobs = {f"{job.workflow}/{job.id}": job for job in jobs}
        self.rans: dict[str, Ran] = {}

    def run(self) -> tuple[Ran, ...]:
        """Run everything; return what became of each job."""
        needs = {key: [f"{job.workflow}/{need}" for need in job.needs] for key, job in self.jobs.items()}
        for key, status in run_graph(needs, self.decide, self.work, self.setting).items():
            job = self.jobs[key]
            if job.job is not None and key not in self.rans:
                self.rans[key] = not_run(Named(job.workflow, job.id), status, self.log_of(job))
        return tuple(self.rans[key] for key in self.jobs if key in self.rans)

    def decide(self, key: str, ended: Mapping[str, Status]) -> Status | None:
        """Return what becomes of a job without running it, None when it runs."""
        job = self.jobs[key]
        before = [self.passed_on(f"{job.workflow}/{need}", ended) for need in job.needs]
        if not job.runs and not job.withheld:
            return "skipped"
        blocked = worst(before)
        if blocked is not None or job.job is not None:
            return blocked
        return "passed" if job.runs else "withheld"

    def passed_on(self, key: str, ended: Mapping[str, Status]) -> Status:
        """Return how a job ended, for those after it: one that may fail has not failed for them."""
        one = self.jobs[key].job
        allowed = one is not None and one.stage.allow_failure
        return "passed" if allowed and ended[key] in BAD else ended[key]

    def log_of(self, job: Expected) -> Path:
        return self.setting.scratch / "logs" / job.workflow / f"{job.id}.log"

    def work(self, key: str) -> Status:
        """Run one job in a clone of its own."""
        job, setting = self.jobs[key], self.setting
        number = str(list(self.jobs).index(key))
        at = machine(setting.scratch / "machines" / number, setting._replace(bare=False))
        clone = setting.clone(f"here-{number}")
        began = time.time()
        with JobLog(self.log_of(job)) as log:
            try:
                status = self.execute(job, at, clone, log)
            finally:
                if count := sweep(at.mark):
                    log.line(f"mlci parity: {count} processes that were left behind have been ended")
        self.hand_on(job, clone)
        self.account(key, at, Outcome(status, began, time.time()))
        return self.rans[key].status

    def execute(self, job: Expected, at: Machine, clone: Path, log: JobLog) -> Status:
        setting = self.setting
        if job.job is None or setting.stop is None:
            raise ValueError("an approval does not run, and a run needs a wish to stop")
        for maker in job.collects:
            kept = self.handed_on(job.workflow, maker)
            if kept.is_dir():
                shutil.copytree(kept, clone / HANDOFF / maker)
        told = context_of(setting.event, "local", setting.commit).variables()
        secrets = {name: setting.secrets[name] for name in job.job.stage.secrets if name in setting.secrets}
        environ = {**at.environ(setting), **told, **input_variables(setting.event), **job.job.env, **secrets}
        words = ["mlci", "exec", job.job.stage.name, "--workflow", job.workflow, "--job", job.id]
        shell = Shell(log, Limits(setting.stop, time.monotonic() + setting.timeout))
        status = shell.run([str(setting.tools / words[0]), *words[1:]], clone, environ)
        if shell.timed_out:
            return "timed-out"
        return "passed" if status == 0 else "failed"

    def handed_on(self, workflow: str, job: str) -> Path:
        return self.setting.scratch / "handoff" / workflow / job

    def hand_on(self, job: Expected, clone: Path) -> None:
        for kind, target in (("handoff", self.handed_on(job.workflow, job.id)), ("reports", None)):
            source = clone / ".mlci" / kind / job.id
            kept = target or self.setting.scratch / "reports" / job.workflow / job.id
            if source.is_dir():
                shutil.copytree(source, kept)

    def account(self, key: str, at: Machine, outcome: Outcome) -> None:
        job = self.jobs[key]
        found = witness.executions(witness.calls(self.setting.tools))
        calls = [each for each in found if each.environ.get(MARK) == at.mark]
        if job.job is None:
            raise ValueError("an approval does not run")
        self.rans[key] = account(
            Named(job.workflow, job.id),
            outcome,
            calls,
            self.log_of(job),
            saw=job.job.env,
            secrets=job.job.stage.secrets,
        )
