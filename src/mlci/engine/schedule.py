"""The course of a run: which job's turn it is, which must run and why, which may run side by side."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mlci.engine.context import changed_paths
from mlci.engine.light import Empty, SimpleQueue
from mlci.engine.reporter import Outcome, Reporter, State
from mlci.engine.units import Unit
from mlci.engine.verdict import judge
from mlci.engine.workspace import Workspace
from mlci.errors import InputError, MlciError
from mlci.planning.conditions import unmet
from mlci.planning.plan import Approval, Job, Plan

if TYPE_CHECKING:
    from mlci.engine.execute import Result
    from mlci.engine.store import Store

TICK = 0.25
"""Seconds between two ticks of the reporter while jobs run."""
BAD = frozenset({"failed", "blocked", "waiting", "unstarted"})
INTERRUPTED, LACKING = 130, 2


class Request(NamedTuple):
    """What `mlci run` was asked for."""

    stages: tuple[str, ...] = ()
    """Only these, and what they need."""
    jobs: int | None = None
    """How many jobs may run at a time; as many as there are processors, if None."""
    keep_going: bool = False
    """Whether jobs that do not need a failed one still run."""
    force: bool = False
    """Whether to run what is up to date: the chosen stages, or all."""
    dry_run: bool = False
    yes: bool = False
    """Whether every approval is given."""
    approve: tuple[str, ...] = ()
    """Approvals that are given."""
    event: str | None = None
    branch: str | None = None
    tag: str | None = None
    changed: tuple[str, ...] | None = None
    """The changed paths; those git tells, if None."""
    inputs: Mapping[str, str] = {}
    """Manual inputs by name."""
    store: str | None = None
    """Another store than the pipeline's; "" for none."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Run:
    """A run going on: the main thread decides, one thread a job works."""

    def __init__(
        self,
        plan: Plan,
        request: Request,
        workspace: Workspace,
        reporter: Reporter,
        units: Mapping[str, Unit],
        chosen: frozenset[str],
    ) -> None:
        self.plan, self.request, self.workspace, self.reporter = plan, request, workspace, reporter
        self.units, self.chosen = units, chosen
        self.states: dict[str, State] = {}
        self.results: dict[str, Result] = {}
        self.deferred: set[str] = set()
        """Approvals whose turn has come, asked for only when something behind them must run."""
        self.running: dict[str, Job] = {}
        self.ends: SimpleQueue[tuple[str, Result | BaseException]] = SimpleQueue()
        self.exit_status = 0
        self.defect: BaseException | None = None
        self.slots = request.jobs or processors()
        self.opened: Store | None = None
        self.changed: tuple[str, ...] | None = request.changed
        self.asked_git = request.changed is not None

    def go(self) -> Outcome:
        begun = time.monotonic()
        self.reporter.began(self.plan, len(self.units))
        try:
            while self.advance() or self.running:
                self.collect()
        except Exception:
            self.abandon()
            raise
        for name in self.units:
            if name in self.deferred:
                self.settle(name, "current", "nothing behind it had to run")
            elif name not in self.states:
                self.settle(name, "unstarted", "the run ended before its turn")
        if self.defect is not None:
            raise self.defect
        states = {name: self.states[name] for name in self.units}
        outcome = Outcome(states, self.results, time.monotonic() - begun, self.status())
        self.reporter.ended(outcome)
        return outcome

    def abandon(self) -> None:
        """End the jobs at work when the run itself cannot go on; no command outlives it."""
        self.workspace.stop.wishes += 1
        while self.running:
            self.running.pop(self.ends.get()[0])

    def status(self) -> int:
        if self.workspace.stop.wished:
            return INTERRUPTED
        return self.exit_status or (LACKING if "waiting" in self.states.values() else 0)

    def advance(self) -> bool:
        """Settle or start every unit whose turn has come; tell whether any was."""
        moved = False
        for name, unit in self.units.items():
            if name not in self.states and name not in self.running and name not in self.deferred:
                moved = (self.ready(unit) and self.turn(unit)) or moved
        return moved

    def ready(self, unit: Unit) -> bool:
        """Tell whether all that a unit needs has come to its end."""
        return all(self.states.get(need) or need in self.deferred for need in unit.needs)

    def turn(self, unit: Unit) -> bool:
        """Settle or start one unit; tell whether anything happened."""
        bad = next((need for need in unit.needs if self.states.get(need) in BAD), None)
        if bad is not None:
            self.settle(unit.id, "blocked", f"'{bad}' did not succeed")
            return True
        reason = self.unmet(unit.node)
        if reason is not None:
            self.settle(unit.id, "skipped", reason)
            return True
        if isinstance(unit.node, Approval):
            self.approval(unit)
            return True
        if self.held(unit.node):
            return False
        try:
            return self.job(unit, unit.node)
        except MlciError as error:
            self.fail(unit.id, error)
            return True

    def unmet(self, node: Job | Approval) -> str | None:
        """Return why a unit's conditions do not hold; git is asked only where one is about branch or tag."""
        asks = any(each.branch or each.tag for each in node.conditions)
        context = self.workspace.context if asks else self.workspace.glance
        return unmet(node.conditions, context, self.paths) if node.conditions else None

    def held(self, job: Job) -> bool:
        """Tell whether a job must wait, or is not to start at all."""
        if self.workspace.stop.wished or self.defect or (self.exit_status and not self.request.keep_going):
            return True
        if len(self.running) >= self.slots:
            return True
        group = job.stage.concurrency
        others = (each.stage.concurrency for each in self.running.values())
        return group is not None and any(each is not None and each.group == group.group for each in others)

    def paths(self) -> tuple[str, ...] | None:
        if not self.asked_git:
            self.asked_git, self.changed = True, changed_paths(self.workspace.root)
        return self.changed

    def approval(self, unit: Unit) -> None:
        """Settle an approval that is given; defer any other."""
        if self.request.yes or unit.id in self.request.approve:
            self.settle(unit.id, "approved", "")
        else:
            self.deferred.add(unit.id)

    def job(self, unit: Unit, job: Job) -> bool:
        """Skip a job that is up to date; start any other."""
        reasons = self.reasons(unit, job)
        if not reasons:
            self.settle(job.id, "current", "")
        elif self.request.dry_run:
            self.settle(job.id, "would-run", "; ".join(reasons))
        elif (lacking := self.lacking(unit)) is not None:
            self.settle(job.id, "blocked", f"'{lacking}' waits for a yes")
        else:
            self.start(job, reasons)
        return True

    def reasons(self, unit: Unit, job: Job) -> tuple[str, ...]:
        """Return why a job must run; nothing when it is up to date."""
        if self.request.force and (not self.chosen or job.id in self.chosen):
            return ("it was asked for by --force",)
        if not job.files.cached and job.id in self.chosen:
            return ("it was asked for",)
        would = [need for need in unit.needs if self.states.get(need) == "would-run"]
        if would:
            return tuple(f"'{need}' would run" for need in would)
        ran = [need for need in unit.needs if self.states.get(need) in ("done", "restored")]
        return judge(self.plan, job, self.workspace, ran=ran).reasons

    def lacking(self, unit: Unit) -> str | None:
        """Ask for the approvals before a unit; return the first that was not given."""
        for name in self.before(unit):
            if name in self.deferred:
                said = self.reporter.ask(name)
                self.deferred.discard(name)
                way = "say yes at a terminal, or give --approve" if said is None else "the answer was no"
                self.settle(name, "approved" if said else "waiting", "" if said else way)
            if self.states.get(name) == "waiting":
                return name
        return None

    def before(self, unit: Unit) -> Sequence[str]:
        found: set[str] = set()
        waiting = list(unit.needs)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.units[name].needs)
        return [name for name in self.units if name in found]

    def start(self, job: Job, reasons: Sequence[str]) -> None:
        from threading import Thread

        self.reporter.started(job.id, reasons)
        self.running[job.id] = job
        store = self.store()
        # From here on a signal waits for the job to end; before, it would leave its command behind.
        self.workspace.stop.working.append(1)
        Thread(target=self.work, args=(job, store), name=job.id, daemon=True).start()

    def store(self) -> Store | None:
        from mlci.engine.store import open_store

        address = self.plan.pipeline.store if self.request.store is None else self.request.store
        if self.opened is None and address:
            self.opened = open_store(address, self.workspace.root, self.reporter.warned)
        return self.opened

    def work(self, job: Job, store: Store | None) -> None:
        """Do a job in this thread, and send its end to the main one."""
        from mlci.engine.execute import Options, execute

        forced = self.request.force and (not self.chosen or job.id in self.chosen)
        options = Options(lambda text: self.reporter.line(job.id, text), store, forced)
        try:
            self.ends.put((job.id, execute(self.plan, job, self.workspace, options)))
        except BaseException as error:  # a thread's failure is the run's, whatever it is
            self.ends.put((job.id, error))
        finally:
            self.workspace.stop.working.pop()

    def collect(self) -> None:
        """Wait for the end of a job; settle it."""
        if not self.running:
            return
        try:
            name, end = self.ends.get(timeout=TICK)
        except Empty:
            self.reporter.tick()
            return
        job = self.running.pop(name)
        if isinstance(end, BaseException):
            self.fail(name, end)
        else:
            self.finish(job, end)

    def finish(self, job: Job, result: Result) -> None:
        """Settle a job that came to its end."""
        self.results[job.id] = result
        if result.record.done:
            self.settle(job.id, "restored" if result.record.restored else "done", "", result)
        elif job.stage.allow_failure and result.exit_status == 1:
            self.settle(job.id, "allowed", result.message, result)
        else:
            self.exit_status = self.exit_status or result.exit_status
            self.settle(job.id, "failed", result.message, result)

    def fail(self, name: str, error: BaseException) -> None:
        """Settle a job that could not begin or go on."""
        if isinstance(error, MlciError):
            self.exit_status = self.exit_status or error.exit_status
        else:
            self.defect = self.defect or error
        help = f"\nhelp: {error.help}" if isinstance(error, InputError) and error.help else ""
        self.settle(name, "failed", f"{error}{help}")

    def settle(self, name: str, state: State, said: str, result: Result | None = None) -> None:
        """Note and tell what became of a unit."""
        self.states[name] = state
        self.deferred.discard(name)
        self.reporter.settled(name, state, said, result)
