"""One job at work: its workspaces and caches in place, then its phases in one shell."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mlci.errors import EnvironmentLacks
from mlci.parity.contract import Status
from mlci.parity.machine import Machine
from mlci.parity.part import Part
from mlci.parity.shell import Shell
from mlci.parity.stores import Caches, copy
from mlci.vendors.travis.runner.build import Job
from mlci.vendors.travis.runner.config import LANGUAGES, PHASES
from mlci.vendors.travis.runner.matrix import Entry
from mlci.vendors.travis.syntax.builds import SILENT

DRIVER = Path(__file__).with_name("job.bash")
FAILED = re.compile(r"The command \"(.*)\" exited with \d+\.")
SKIP = ("skip", "ignore", "true")
ERRORED = 2
INSTALL = (
    "if [[ -f Requirements.txt ]]; then pip install -r Requirements.txt; "
    "elif [[ -f requirements.txt ]]; then pip install -r requirements.txt; "
    "else echo 'Could not locate requirements.txt. Override the install: key in your .travis.yml to install "
    "dependencies.'; fi"
)
"""What Travis CI does for Python without an `install`."""
SCRIPT = "echo 'Please override the script: key in your .travis.yml to run tests.'; false"


class Shared(NamedTuple):
    """What the jobs of a build have in common."""

    workspaces: Path
    caches: Caches
    kept: Path
    """Takes artifacts."""


def check(job: Job) -> None:
    """Refuse a job that needs what is not here.

    Raises
    ------
    InputError : a key of it cannot be run here
    EnvironmentLacks : a machine, language or service that this machine does not have
    """
    entry = job.entry
    wanted = {"os": ("linux",), "language": LANGUAGES, "arch": ("amd64", "x86_64")}
    for key, known in wanted.items():
        part = entry.get(key)
        if part is not None and part.text() not in known:
            raise lack(part, f"a job with {key}: {part.text()} cannot be run here")
    for key, names in (("services", ("docker",)), ("cache", ())):
        part = entry.get(key)
        for one in part.items() if part is not None and names else ():
            if one.text() not in names:
                raise lack(one, f"the service '{one.text()}' is not started here")
    checked(entry.get("addons"), ("hosts", "artifacts"), "'addons'")
    checked(entry.get("workspaces"), ("create", "use"), "'workspaces'")
    checked(entry.get("git"), ("depth", "quiet", "submodules"), "'git'")
    cache = entry.get("cache")
    if cache is not None and isinstance(cache.value, Mapping):
        cache.only(("pip", "directories", "timeout"), "'cache'")


def checked(part: Part | None, known: Sequence[str], what: str) -> None:
    if part is not None and isinstance(part.value, Mapping):
        part.only(known, what)


def lack(part: Part, said: str) -> EnvironmentLacks:
    """Make the error that names what is lacking and where it is asked for."""
    return EnvironmentLacks(part.refuse(said).findings)


class Work:
    """A job that runs."""

    def __init__(
        self,
        job: Job,
        machine: Machine,
        folder: Path,
        environ: Mapping[str, str],
        shared: Shared,
        shell: Shell,
        given: Sequence[str],
    ) -> None:
        self.job, self.machine, self.folder = job, machine, folder
        self.environ, self.shared, self.shell, self.given = environ, shared, shell, given
        self.result = machine.folder / "result"

    def run(self) -> Status:
        """Run the job; return how it ended."""
        entry, log = self.job.entry, self.shell.log
        slug = "-".join((entry.text("os"), entry.text("dist"), entry.text("python"), *sorted(rows(entry))))
        restored = self.shared.caches.restore([slug], self.machine.home)
        log.line(f"cache: {'restored' if restored else 'none yet'}")
        self.use_workspaces()
        phases = self.lay_out()
        environ = {**self.environ, "PARITY_PHASES": str(phases), "PARITY_RESULT": str(self.result)}
        status = self.shell.run(["/bin/bash", str(DRIVER)], self.folder, environ, silence=SILENT)
        self.blame()
        reached = self.result.is_file() and int(self.result.read_text()) != ERRORED
        if reached:
            self.shared.caches.save(slug, self.cached(), self.machine.home)
            self.create_workspace()
            self.keep_artifacts()
        if self.shell.timed_out:
            return "timed-out"
        return "passed" if status == 0 else "failed"

    def blame(self) -> None:
        """Note which command failed first, and what it said last."""
        before = ""
        for line in self.shell.log.path.read_text(errors="replace").splitlines():
            found = FAILED.fullmatch(line)
            if found is not None:
                self.shell.log.failed(found[1], before)
            before = line if line.strip() else before
        self.shell.log.conclude()

    def lay_out(self) -> Path:
        """Write each command of each phase into a file of its own; return their folder."""
        phases = self.machine.folder / "phases"
        write(phases / "env", [f"export {row}" for row in (*rows(self.job.entry), *self.given)])
        for phase in PHASES:
            write(phases / phase, self.commands(phase))
        return phases

    def commands(self, phase: str) -> list[str]:
        part = self.job.entry.get(phase)
        python = self.job.entry.text("language") == "python"
        if part is None:
            default = {"install": INSTALL, "script": SCRIPT}.get(phase, "") if python else ""
            return [default] if default else []
        found = part.texts()
        return [] if len(found) == 1 and found[0] in SKIP else found

    def use_workspaces(self) -> None:
        """Put in place what jobs before this one have made."""
        for name in texts(self.job.entry.get("workspaces"), "use"):
            kept = self.shared.workspaces / safe(name)
            if kept.is_dir():
                copy(kept, self.folder)
            self.shell.log.line(f"workspace {name}: {'used' if kept.is_dir() else 'there is none'}")

    def create_workspace(self) -> None:
        """Keep what jobs after this one may use."""
        part = self.job.entry.get("workspaces")
        create = None if part is None else part.get("create")
        if create is None:
            return
        create.only(("name", "paths"), "'create'")
        names = texts(part, "create", "name")
        for path in texts(part, "create", "paths"):
            for found in sorted(self.folder.glob(path.rstrip("/"))):
                copy(found, self.shared.workspaces / safe(names[0]) / found.relative_to(self.folder))
        self.shell.log.line(f"workspace {names[0]}: made")

    def cached(self) -> list[Path]:
        """Return the folders that are kept between builds."""
        part = self.job.entry.get("cache")
        if part is None or part.value is False:
            return []
        pip = part.value == "pip" or (isinstance(part.value, Mapping) and part.value.get("pip") is True)
        folders = [self.path(text) for text in texts(part, "directories")]
        return [*([self.machine.home / ".cache" / "pip"] if pip else []), *folders]

    def path(self, text: str) -> Path:
        text = text.replace("$HOME", "~", 1) if text.startswith("$HOME") else text
        if text == "~" or text.startswith("~/"):
            return self.machine.home / text[2:]
        return self.folder / text

    def keep_artifacts(self) -> None:
        addons = self.job.entry.get("addons")
        for text in texts(addons, "artifacts", "paths"):
            for found in sorted(self.folder.glob(text.rstrip("/"))):
                copy(found, self.shared.kept / "artifacts" / self.job.key / found.relative_to(self.folder))


def write(folder: Path, commands: Sequence[str]) -> None:
    """Write commands into files whose names sort as they run."""
    if commands:
        folder.mkdir(parents=True)
    for number, command in enumerate(commands):
        (folder / f"{number:04}").write_text(command, encoding="utf-8")


def rows(entry: Entry) -> list[str]:
    part = entry.get("env")
    return [] if part is None else part.texts()


def texts(part: Part | None, *keys: str) -> list[str]:
    """Return the texts under some keys; none when one of them is not there."""
    for key in keys:
        part = None if part is None or not isinstance(part.value, Mapping) else part.get(key)
    return [] if part is None else part.texts()


def safe(name: str) -> str:
    return name.replace(os.sep, "%2F").replace("..", "%2E%2E")
