"""One run of a workflow by act."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlci.engine.masker import Masker
from mlci.engine.process import Command
from mlci.engine.process import run as run_command
from mlci.engine.stop import Stop
from mlci.files import write_atomic
from mlci.parity.account import refuse_signalled
from mlci.parity.contract import Setting
from mlci.parity.gate import Gate, Held
from mlci.parity.machine import MARK, PASSED_ON, Machine, sweep, system_path
from mlci.vendors.github.runner.act import Call
from mlci.vendors.github.runner.events import ACTOR, Commits, payload
from mlci.vendors.github.runner.filters import event_name
from mlci.vendors.github.runner.planning import ancestors, instances
from mlci.vendors.github.runner.progress import Progress
from mlci.vendors.github.runner.reading import Workflow
from mlci.vendors.github.runner.staging import LABEL, staged
from mlci.vendors.github.runner.substitutes import offered


class Run:
    """One run.

    Parameters
    ----------
    workflow : as it is on disk
    setting : where and how
    source : the repository
    commits : what the event tells of
    """

    def __init__(self, workflow: Workflow, setting: Setting, source: Path, commits: Commits) -> None:
        self.workflow, self.setting, self.source, self.commits = workflow, setting, source, commits
        self.folder = setting.scratch / "machines" / f"act-{workflow.file}"
        self.logs = setting.scratch / "logs" / workflow.file
        self.ids = {
            (job.key, canonical(one)): name
            for job in workflow.jobs.values()
            for name, one in instances(workflow, setting.event, job).items()
        }
        self.gate = Gate(
            self.folder / "gate", setting, lambda key, one: self.place(self.name(key, one)), self.told
        )
        self.progress = Progress(workflow, self.logs, self.name, self.leave)

    def name(self, key: str, matrix: Mapping[str, Any]) -> str:
        return self.ids[key, canonical(matrix)]

    def names(self, key: str) -> list[str]:
        return [name for (of, _), name in self.ids.items() if of == key]

    def place(self, name: str) -> str:
        return f"{self.workflow.file}-{name}"

    def leave(self, name: str, tell: Callable[[int], None]) -> None:
        """Say how a job ended, and take back what it holds."""
        verdict = "failed" if self.progress.failed(name) else "passed"
        self.setting.say(f"{self.workflow.name}/{name} {verdict}")
        self.gate.leave(self.place(name), tell)

    def told(self, place: str, at: Machine) -> dict[str, Any]:
        """Return what a job is given of its machine: variables, and folders for its PATH."""
        environ = at.environ(self.setting)
        path = [str(self.setting.tools), *at.programs().split(os.pathsep)]
        return {"environ": {name: environ[name] for name in environ if name != "PATH"}, "path": path}

    def held(self, name: str) -> Held | None:
        return self.gate.held.get(self.place(name))

    def run(self) -> None:
        call = self.call()
        try:
            with self.gate:
                self.act(call)
        finally:
            sweep(self.setting.mark(self.folder.name))
            call.secrets.unlink(missing_ok=True)
            shutil.rmtree(self.folder / "cache", ignore_errors=True)
            self.progress.close()

    def call(self) -> Call:
        """Write what act is to read; return the call."""
        event = self.setting.event
        call = Call(
            event=event_name(event),
            workflow=self.folder / f"{self.workflow.file}.yml",
            source=self.source,
            payload=self.folder / "event.json",
            secrets=self.folder / "secrets.yaml",
            folder=self.folder,
            label=LABEL,
            jobs=max(1, self.setting.jobs),
            actor=ACTOR,
            branch=event.default,
        )
        write_atomic(call.workflow, staged(self.workflow, stopped=self.stopped(), held=self.setting.held))
        write_atomic(call.payload, json.dumps(payload(event, self.workflow, self.commits)))
        write_atomic(call.secrets, json.dumps(dict(self.setting.secrets)), mode=0o600)
        write_atomic(self.folder / "nothing", "")
        offered.lay(self.folder / "substitutes", self.places())
        return call

    def places(self) -> dict[str, Path]:
        """Return what stand-ins may use."""
        places = {
            "gate": self.gate.folder,
            "source": self.source,
            "tools": self.setting.tools,
            "artifacts": self.setting.scratch / "artifacts" / self.workflow.file,
            "caches": self.setting.scratch / "caches",
        }
        for name in ("artifacts", "caches"):
            places[name].mkdir(parents=True, exist_ok=True)
        return places

    def stopped(self) -> set[str]:
        """Return the keys of jobs that must not run: approvals that are not given, and all after them."""
        jobs, approved = self.workflow.jobs, self.setting.event.approved
        asked = {key for key, job in jobs.items() if job.approval and job.id not in approved}
        return {key for key, job in jobs.items() if asked & {key, *ancestors(self.workflow, job)}}

    def act(self, call: Call) -> None:
        home = self.folder / "home"
        home.mkdir()
        environ = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environ |= {"PATH": os.pathsep.join(system_path()), "HOME": str(home), "LANG": "C.UTF-8"}
        environ[MARK] = self.setting.mark(self.folder.name)
        words = call.words(
            [*offered.replacements(self.folder / "substitutes", self.workflow, self.setting.substitutes)]
        )
        stop = self.setting.stop or Stop()
        ended = run_command(Command(words, home, environ), self.progress.hear, masker=Masker(()), stop=stop)
        refuse_signalled("act", ended)


def canonical(combination: Mapping[str, Any]) -> str:
    """Return a combination as text, equal for equal ones."""
    return json.dumps(combination, sort_keys=True)
