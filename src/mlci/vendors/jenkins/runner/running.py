"""Runs Jenkinsfiles by Groovy, each agent on a machine of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlci.engine.masker import Masker
from mlci.engine.process import Command
from mlci.engine.process import run as run_command
from mlci.engine.stop import Stop
from mlci.errors import MlciError, input_error
from mlci.files import write_atomic
from mlci.findings import Mark
from mlci.parity import environments
from mlci.parity.account import refuse_signalled
from mlci.parity.contract import Ran, Setting
from mlci.parity.gate import Gate, Held
from mlci.parity.machine import MARK, Machine, sweep
from mlci.vendors.jenkins.runner import groovy, library
from mlci.vendors.jenkins.runner.accounting import account_for
from mlci.vendors.jenkins.runner.events import build_of
from mlci.vendors.jenkins.runner.library import RULE
from mlci.vendors.jenkins.runner.planning import Fate, fates_of
from mlci.vendors.jenkins.runner.reading import File, place, read_files


def perform(files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
    """Run the pipelines that an event starts, one after the other; stages that may run side by side do.

    Raises
    ------
    InputError : Jenkins would refuse a file, or it holds what is not known here
    EnvironmentLacks : Groovy is missing
    """
    event = setting.event
    wanted = [file for file in read_files(files) if event.workflow in ("", file.workflow)]
    started = [(file, fates) for file, fates in fates_of(wanted, event) if any(runs(fates))]
    if not started:
        return ()
    source = setting.clone("source")
    setting.say("agents in containers are this machine, with its Python")
    for told in sorted({library.told(file.library) for file, _ in started} - {""}):
        setting.say(told)
    found: list[Ran] = []
    for file, fates in started:
        run = Run(file, fates, setting, source)
        run.run()
        found.extend(account_for(run))
    return tuple(found)


def runs(fates: Mapping[str, Fate]) -> list[bool]:
    """Return of each instance whether it runs, or would with an approval."""
    return [fate.runs or fate.withheld for fate in fates.values()]


class Run:
    """One build.

    Parameters
    ----------
    file : what it runs
    fates : whether each instance is to run
    setting : where and how
    source : the repository
    """

    def __init__(self, file: File, fates: Mapping[str, Fate], setting: Setting, source: Path) -> None:
        self.file, self.fates, self.setting, self.source = file, fates, setting, source
        self.folder = setting.scratch / "machines" / f"build-{file.workflow}"
        self.logs = setting.scratch / "logs" / file.workflow
        self.paths: dict[str, str] = {}
        """The folder of an agent's machine -> the path of the stage that it works for."""
        self.result = groovy.Result("", [], None)
        self.gate = Gate(self.folder / "gate", setting, self.name, self.told)

    def name(self, path: str, matrix: Mapping[str, Any]) -> str:
        """Return the name of the folder of a stage's agent."""
        made = f"{self.file.workflow}-{len(self.paths)}-{self.id_of(path)}"
        self.paths[made] = path
        return made

    def id_of(self, path: str) -> str:
        """Return the id of the job that a stage is; "own" for the file's own work."""
        found = place(path, self.file)
        return "own" if found is None else found[1]

    def told(self, name: str, at: Machine) -> dict[str, Any]:
        """Return what a stage is given of its machine."""
        return {
            "name": name,
            "workspace": str(at.folder / "workspace"),
            "environ": environments.machine_environ(at, self.setting),
            "log": str(self.log(self.id_of(self.paths[name]))),
            "temporary": str(at.folder / "tmp"),
            "variables": self.variables(at),
        }

    def variables(self, at: Machine) -> dict[str, str]:
        """Return what Jenkins says of an agent."""
        return {
            "NODE_NAME": "built-in",
            "NODE_LABELS": "built-in",
            "EXECUTOR_NUMBER": "0",
            "WORKSPACE": str(at.folder / "workspace"),
            "WORKSPACE_TMP": str(at.folder / "workspace@tmp"),
        }

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def held(self, name: str) -> Held | None:
        return next(
            (held for key, held in self.gate.held.items() if self.id_of(self.paths[key]) == name), None
        )

    def run(self) -> None:
        for folder in (self.logs, self.setting.scratch / "artifacts", self.setting.scratch / "caches"):
            folder.mkdir(parents=True, exist_ok=True)
        mark = self.setting.mark(self.folder.name)
        try:
            with self.gate:
                self.result = self.groovy(mark)
        finally:
            sweep(mark)
            for name in ("builds.json", "results.json"):
                (self.folder / name).unlink(missing_ok=True)
        if self.result.error is not None:
            raise input_error(Mark(self.file.path), self.result.error, RULE)

    def groovy(self, mark: str) -> groovy.Result:
        """Let Groovy run the pipeline."""
        given, made = self.folder / "builds.json", self.folder / "results.json"
        write_atomic(given, json.dumps([self.build()]), mode=0o600)
        words = groovy.words(given, made)
        environ = {**groovy.environment(), MARK: mark}
        said: list[str] = []
        stop = self.setting.stop or Stop()
        ended = run_command(Command(words, self.folder, environ), said.append, masker=Masker(()), stop=stop)
        if ended.stopped:
            return groovy.Result("ABORTED", [], None)
        refuse_signalled("Groovy", ended)
        if ended.status != 0:
            raise MlciError("Groovy failed:\n" + "\n".join(said))
        return groovy.read_results(made)[0]

    def build(self) -> dict[str, Any]:
        """Return the build, as start.groovy wants it."""
        setting = self.setting
        approvals = [found.stage for found in self.file.found.values() if found.approval]
        return build_of(
            self.file,
            setting.event,
            mode="run",
            root=str(self.folder),
            gate=str(self.gate.folder),
            source=str(self.source),
            ref="HEAD",
            commit=setting.commit,
            credentials=credentials(setting.secrets),
            answers={name: name in setting.event.approved for name in approvals},
            artifacts=str(setting.scratch / "artifacts" / self.file.workflow),
            caches=str(setting.scratch / "caches"),
            log=str(self.log("own")),
        )


def credentials(secrets: Mapping[str, str]) -> dict[str, str]:
    """Return the credentials by their ids: a secret's name, or as `aws-id-token` for AWS_ID_TOKEN."""
    return {**{name.lower().replace("_", "-"): value for name, value in secrets.items()}, **secrets}
