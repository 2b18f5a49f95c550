"""One job at work: its steps in order, each with the environment and the time that it has."""

from __future__ import annotations

import re
import shlex
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from mlci.parity.contract import Status
from mlci.parity.joblog import JobLog
from mlci.parity.machine import Machine
from mlci.parity.part import Part
from mlci.parity.shell import Shell, Watch
from mlci.parity.stores import Caches, copy
from mlci.vendors.circleci.runner.failure import StepFailure
from mlci.vendors.circleci.runner.jobs import Resolved, environment
from mlci.vendors.circleci.runner.keys import fill_key
from mlci.vendors.circleci.runner.steps import Step
from mlci.vendors.circleci.runner.workspaces import Workspaces
from mlci.vendors.circleci.syntax.references import unescaped

TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)")
UNITS = {"s": 1, "m": 60, "h": 3600}
SILENCE = 600.0
"""Seconds that a command may print nothing when it does not say."""
ALWAYS = ("store_artifacts", "store_test_results")
"""Steps that run also after a failure."""
AGENT = """#!/bin/sh
# What a script can ask of CircleCI's agent.
if [ "$1 $2" = "step halt" ]; then : > {halted}; exit 0; fi
echo "mlci parity: '$0 $*' cannot be run here" >&2
exit 1
"""


class Shared(NamedTuple):
    """What the jobs of a workflow have in common."""

    workspaces: Workspaces
    caches: Caches
    artifacts: Path
    clone: Callable[[str], Path]


class Work:
    """A job that runs.

    Parameters
    ----------
    key : what names it among all jobs
    job : what it is
    machine : where it runs
    environ : all that its steps have, its own variables included
    shared : what other jobs left
    shell : runs its commands
    """

    def __init__(
        self,
        key: str,
        job: Resolved,
        machine: Machine,
        environ: Mapping[str, str],
        shared: Shared,
        shell: Shell,
    ) -> None:
        self.key, self.job, self.machine, self.shared, self.shell = key, job, machine, shared, shell
        self.log: JobLog = shell.log
        self.folder = self.path(job.folder, machine.home)
        self.halted = machine.folder / "halted"
        self.scripts = machine.folder / "scripts"
        self.background: list[tuple[Thread, Watch]] = []
        self.continued: tuple[str, str] | None = None
        """What a setup goes on with: the configuration's path, and the parameters as JSON."""
        self.environ = self.prepare(environ)

    def prepare(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Lay out the job's folders; return its environment with their names."""
        agent = self.machine.folder / "agent"
        for folder in (self.folder, agent, self.scripts):
            folder.mkdir(parents=True)
        for name in ("circleci", "circleci-agent"):
            (agent / name).write_text(AGENT.format(halted=shlex.quote(str(self.halted))))
            (agent / name).chmod(0o755)
        exports = self.machine.folder / "bash_env"
        exports.touch()
        return {
            **environ,
            "PATH": f"{environ['PATH']}:{agent}",
            "BASH_ENV": str(exports),
            "CIRCLE_WORKING_DIRECTORY": self.job.folder,
        }

    def path(self, text: str, base: Path) -> Path:
        """Return a path as a step means it: `~` is the home folder, anything relative is below `base`."""
        if text == "~" or text.startswith("~/"):
            return self.machine.home / text[2:]
        return base / text

    def run(self) -> Status:
        """Run the steps; return how the job ended."""
        failed = False
        try:
            for step in self.job.steps:
                if self.shell.over or self.shell.limits.stop.wished or self.halted.exists():
                    break
                if self.due(step, failed) and self.step(step) != 0:
                    failed = True
                    self.log.failed(step.title, self.log.last)
        finally:
            self.end_background()
            self.log.conclude()
        if self.shell.timed_out:
            return "timed-out"
        return "failed" if failed else "passed"

    def due(self, step: Step, failed: bool) -> bool:
        """Tell whether a step runs, given that one before it has failed or none has."""
        found = step.part.get("when") if isinstance(step.part.value, Mapping) else None
        when = ("always" if step.kind in ALWAYS else "on_success") if found is None else found.text()
        if found is not None and when not in ("always", "on_success", "on_fail"):
            raise found.refuse(f"a step runs always, on_success or on_fail, not '{when}'")
        return when == "always" or failed == (when == "on_fail")

    def step(self, step: Step) -> int:
        """Run one step; return its exit status."""
        self.log.title(step.title)
        try:
            if step.lacking is not None:
                raise StepFailure(str(step.lacking))
            if step.kind == "run":
                return self.command(step)
            getattr(self, step.kind.replace("continue", "go_on"))(step.part)
        except (StepFailure, OSError, shutil.Error) as error:
            self.log.line(f"error: {error}")
            return 1
        return 0

    def command(self, step: Step) -> int:
        count, delay = step.part.get("max_auto_reruns"), step.part.get("auto_rerun_delay")
        most = 0 if count is None else int(count.text())
        for left in range(most, -1, -1):
            status = self.script(step)
            if status == 0 or left == 0 or self.shell.timed_out:
                return status
            self.log.line(f"exited with {status}; run again, {left} left")
            time.sleep(0 if delay is None else seconds(delay))
        return status

    def script(self, step: Step) -> int:
        part = step.part
        shell, background = part.get("shell"), part.get("background")
        folder, silence = part.get("working_directory"), part.get("no_output_timeout")
        path = self.scripts / f"{len(list(self.scripts.iterdir()))}.sh"
        path.write_text(unescaped(step.script), encoding="utf-8")
        words = [*shlex.split(self.job.shell if shell is None else shell.text()), str(path)]
        environ = {**self.environ, **environment(part.get("environment"))}
        where = self.folder if folder is None else self.path(folder.text(), self.folder)
        quiet = SILENCE if silence is None else seconds(silence)
        if background is not None and background.flag():
            return self.behind(words, where, environ)
        status = self.shell.run(words, where, environ, silence=quiet)
        if status:
            self.log.failed(step.title, self.log.last)
            self.log.line(f"exited with {status}")
        return status

    def behind(self, words: list[str], where: Path, environ: Mapping[str, str]) -> int:
        """Start a script that the steps after it do not wait for."""
        watch = Watch(self.shell.limits)
        other = Shell(self.log, self.shell.limits)
        thread = Thread(target=other.run, args=(words, where, environ), kwargs={"watch": watch})
        thread.start()
        self.background.append((thread, watch))
        return 0

    def end_background(self) -> None:
        for thread, watch in self.background:
            watch.asked = True
            thread.join()

    def checkout(self, part: Part) -> None:
        """Check the commit out."""
        path = part.get("path")
        target = self.folder if path is None else self.path(path.text(), self.folder)
        if (target / ".git").exists():
            return
        if target.exists() and any(target.iterdir()):
            raise StepFailure(f"{target} is there already and is no git repository")
        source = self.shared.clone(self.key.replace("/", "-"))
        if target.exists():
            target.rmdir()
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)

    def setup_remote_docker(self, part: Part) -> None:
        """Say which Docker engine there is: this machine's, if any."""
        self.log.line("the Docker engine of this machine is used, if it has one")

    def save_cache(self, part: Part) -> None:
        key = fill_key(self.needed(part, "key"), self.folder, self.environ)
        paths = [self.path(text, self.folder) for text in self.needed(part, "paths").texts()]
        kept = self.shared.caches.save(key, paths, self.machine.home)
        self.log.line(f"{'kept' if kept else 'nothing kept'}: {key}")

    def restore_cache(self, part: Part) -> None:
        """Put back what was kept."""
        given = [part.get("key"), *(keys.items() if (keys := part.get("keys")) is not None else ())]
        wanted = [fill_key(each, self.folder, self.environ) for each in given if each is not None]
        if not wanted:
            raise part.refuse("'restore_cache' needs a key")
        found = self.shared.caches.restore(wanted, self.machine.home)
        self.log.line(f"no cache for {', '.join(wanted)}" if found is None else f"restored {found}")

    def persist_to_workspace(self, part: Part) -> None:
        """Hand files on to the jobs after this one."""
        root = self.path(self.needed(part, "root").text(), self.folder)
        count = self.shared.workspaces.persist(self.key, root, self.needed(part, "paths").texts())
        self.log.line(f"{count} handed on")

    def attach_workspace(self, part: Part) -> None:
        """Take what the jobs before this one have handed on."""
        at = self.path(self.needed(part, "at").text(), self.folder)
        self.log.line(f"{self.shared.workspaces.attach(self.key, at)} layers")

    def store_artifacts(self, part: Part) -> None:
        """Keep files for people."""
        path = self.path(self.needed(part, "path").text(), self.folder)
        if not path.exists():
            self.log.line(f"no artifacts at {path}")
            return
        destination = part.get("destination")
        name = str(path.name) if destination is None else destination.text()
        copy(path, self.shared.artifacts / self.key / name.strip("/"))

    def store_test_results(self, part: Part) -> None:
        path = self.path(self.needed(part, "path").text(), self.folder)
        if path.exists():
            copy(path, self.shared.artifacts / self.key / "tests" / path.name)

    def go_on(self, part: Part) -> None:
        given = part.get("parameters")
        text = "{}" if given is None else given.text()
        file = self.path(text, self.folder)
        parameters = file.read_text(encoding="utf-8") if not text.lstrip().startswith("{") else text
        path = self.needed(part, "configuration_path").text()
        if not (self.folder / path).is_file():
            raise StepFailure(f"there is no {path} to go on with")
        self.continued = (path, parameters)

    def needed(self, part: Part, key: str) -> Part:
        """Return what stands under a key that a step cannot do without."""
        found = part.get(key)
        if found is None:
            raise part.refuse(f"this step needs '{key}'")
        return found


def seconds(part: Part) -> float:
    found = TIME.fullmatch(part.text().strip())
    if found is None:
        raise part.refuse(f"'{part.text()}' is no time; write 20m, 1.25h or 5s")
    return float(found[1]) * UNITS[found[2]]
