"""Runs a CircleCI configuration: its workflows' jobs as they allow, each on a machine of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlci.errors import InputError
from mlci.parity import environments, witness
from mlci.parity.account import Named, Outcome, account, not_run
from mlci.parity.contract import Ran, Setting, Status
from mlci.parity.graph import ENDED_BADLY, run_graph
from mlci.parity.joblog import JobLog
from mlci.parity.machine import Machine, machine, seen, sweep
from mlci.parity.part import Part, read_part
from mlci.parity.shell import Limits, Shell
from mlci.parity.stores import Caches
from mlci.vendors.circleci.runner.pipeline import Pipeline, first_file, skipped
from mlci.vendors.circleci.runner.values import OWN, Commit, variables
from mlci.vendors.circleci.runner.work import Shared, Work
from mlci.vendors.circleci.runner.workflows import Node
from mlci.vendors.circleci.runner.workspaces import Workspaces

STATES = {"passed": "success", "failed": "failed", "timed-out": "failed"}


def perform(files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
    """Run the configuration that is on disk, and the one that it goes on with.

    Raises
    ------
    InputError : something in a file is not known, or a job needs what is not here
    """
    path = first_file(files)
    commit = Commit(setting.commit, setting.base)
    pipeline = Pipeline(path, files[path], setting.event, commit, sources=setting.substitutes)
    first = Run(pipeline, setting, "setup" if pipeline.config.setup else "pipeline")
    ran = first.run()
    if not pipeline.config.setup:
        return ran
    if first.continued is None:
        return (*ran, *failed_setup(first))
    path, text = first.continued
    if path not in files:
        raise InputError(f"the setup goes on with '{path}', which is none of CircleCI's files")
    following = Pipeline(path, files[path], setting.event, commit, passed(text), setting.substitutes)
    return Run(following, setting, "pipeline").run()


def failed_setup(run: Run) -> tuple[Ran, ...]:
    """Account for a setup that did not go on, if it was to run at all."""
    return tuple(
        not_run(Named(node.workflow, node.name), status, run.log_of(node))
        for node in run.nodes.values()
        if (status := run.ended[node.key]) in ENDED_BADLY
    )


def passed(text: str) -> dict[str, Part]:
    try:
        given = json.loads(text)
    except ValueError as error:
        raise InputError(f"the setup passes on no JSON: {error}") from error
    part = read_part("parameters passed on by the setup", json.dumps(given))
    return dict(part.entries())


class Run:
    """One run of a pipeline's workflows."""

    def __init__(self, pipeline: Pipeline, setting: Setting, name: str) -> None:
        self.pipeline, self.setting, self.name = pipeline, setting, name
        wanted = setting.event.workflow
        found = [each for each in pipeline.workflows if each.starts]
        self.nodes = {node.key: node for workflow in found for node in workflow.nodes}
        self.out = {f"{workflow.name}/{name}" for workflow in found for name in skipped(workflow.nodes)}
        self.named = {key: pipeline.named(node) for key, node in self.nodes.items()}
        self.left_out = {
            key
            for key, node in self.nodes.items()
            if wanted and wanted not in (node.workflow, getattr(self.named[key], "workflow", wanted))
        }
        self.needs = {
            key: [f"{node.workflow}/{need}" for need in node.needs] for key, node in self.nodes.items()
        }
        self.ended: dict[str, Status] = {}
        self.rans: dict[str, Ran] = {}
        self.continued: tuple[str, str] | None = None
        self.shared = Shared(
            Workspaces(setting.scratch / "workspaces" / name, {key: self.before(key) for key in self.nodes}),
            Caches(setting.scratch / "caches" / name),
            setting.scratch / "artifacts",
            lambda folder: setting.clone(f"{name}-{folder}"),
        )
        for key, node in self.nodes.items():
            if not node.approval and key not in self.out | self.left_out:
                self.check(node)

    def check(self, node: Node) -> None:
        """Refuse a job that needs what is not here, before any other has begun."""
        lacking = self.pipeline.job(node).lacking
        if lacking is not None:
            raise lacking

    def before(self, key: str) -> list[str]:
        """Return every job before one, each after its own."""
        found: dict[str, None] = {}

        def visit(name: str) -> None:
            for need in self.needs[name]:
                if need not in found:
                    visit(need)
                    found[need] = None

        visit(key)
        return list(found)

    def run(self) -> tuple[Ran, ...]:
        """Run everything; return what became of each job of mlci's."""
        self.ended = run_graph(self.needs, self.decide, self.work, self.setting)
        for key, status in self.ended.items():
            named = self.named[key]
            if named is not None and key not in self.rans and not self.nodes[key].approval:
                self.rans[key] = not_run(named, status, self.log_of(self.nodes[key]))
        return tuple(self.rans[key] for key in self.nodes if key in self.rans and key not in self.left_out)

    def decide(self, key: str, ended: Mapping[str, Status]) -> Status | None:
        """Return what becomes of a job without running it, None when it runs."""
        node = self.nodes[key]
        if key in self.out or key in self.left_out:
            return "skipped"
        states = {f"{node.workflow}/{need}": wanted for need, wanted in node.needs.items()}
        blocked = {self.blocked(ended[need], wanted) for need, wanted in states.items()}
        if "unreached" in blocked:
            return "unreached"
        if "withheld" in blocked:
            return "withheld"
        if not node.approval:
            return None
        return "passed" if node.name in self.setting.event.approved else "withheld"

    def blocked(self, status: Status, states: frozenset[str]) -> str:
        """Say how the end of a job that is waited for keeps another from running, "" when it does not."""
        if status == "skipped" or STATES.get(status) in states:
            return ""
        return "withheld" if status == "withheld" else "unreached"

    def log_of(self, node: Node) -> Path:
        return self.setting.scratch / "logs" / node.workflow / f"{node.name}.log"

    def work(self, key: str) -> Status:
        """Run one job on a machine of its own."""
        node, setting = self.nodes[key], self.setting
        number = 100 + list(self.nodes).index(key)
        at = machine(setting.scratch / "machines" / f"{self.name}-{number}", setting)
        base = {
            **environments.machine_environ(at, setting),
            **variables(setting.event, self.pipeline.commit, node.name, number),
        }
        began = time.time()
        with JobLog(self.log_of(node)) as log:
            try:
                status = self.steps(key, at, base, log)
            finally:
                if count := sweep(at.mark):
                    log.line(f"mlci parity: {count} processes that were left behind have been ended")
        self.account(key, at, base, Outcome(status, began, time.time()))
        return status

    def steps(self, key: str, at: Machine, base: Mapping[str, str], log: JobLog) -> Status:
        job, setting = self.pipeline.job(self.nodes[key]), self.setting
        environ = {**job.image, **self.secrets(self.nodes[key]), **base, **job.environment}
        if setting.stop is None:
            raise ValueError("a run needs a wish to stop")
        limits = Limits(setting.stop, time.monotonic() + setting.timeout)
        work = Work(key, job, at, environ, self.shared, Shell(log, limits))
        status = work.run()
        if work.continued is not None:
            self.continued = work.continued
        return status

    def secrets(self, node: Node) -> dict[str, str]:
        """Return the secrets a job has: the project's, and those of its contexts."""
        held = self.setting.held
        return {
            name: value
            for name, value in self.setting.secrets.items()
            if held.get(name, "") in ("", *node.contexts)
        }

    def account(self, key: str, at: Machine, base: Mapping[str, str], outcome: Outcome) -> None:
        """Account for a job of mlci's."""
        named, setting = self.named[key], self.setting
        if named is None:
            return
        calls = [
            each
            for each in witness.executions(witness.calls(setting.tools))
            if each.environ.get("MLCI_PARITY") == at.mark
        ]
        given = calls[-1].environ if calls else {}
        self.rans[key] = account(
            named,
            outcome,
            calls,
            self.log_of(self.nodes[key]),
            saw=seen(given, base, setting.secrets, OWN),
            secrets=self.given(given),
        )

    def given(self, environ: Mapping[str, str]) -> Sequence[str]:
        """Return the secrets that the file gave a job: not those of the project, which all jobs have."""
        values = set(environ.values())
        return [name for name in self.setting.held if self.setting.secrets.get(name) in values]
