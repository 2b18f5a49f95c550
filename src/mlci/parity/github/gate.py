"""Lets jobs of act begin one by one: each waits, at its checkout, for a slot and a machine of its own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from mlci.files import write_atomic
from mlci.parity.contract import Setting
from mlci.parity.machine import Machine, machine, sweep

BEAT = 0.02
PRIVATE = "PATH"
"""The one variable of a machine that is no variable of GITHUB_ENV: it is told as folders."""


class Held:
    """What one job holds while it works."""

    def __init__(self, at: Machine) -> None:
        self.at = at
        self.began = time.time()
        self.slot = ExitStack()
        self.timed_out = False
        self.ended = False


class Gate:
    """The other side of the stand-in for actions/checkout.

    Parameters
    ----------
    folder : where questions and answers lie
    setting : the run's
    name : gives a job and its combination the name of a folder
    """

    def __init__(self, folder: Path, setting: Setting, name: Callable[[str, Mapping[str, Any]], str]) -> None:
        self.folder, self.setting, self.name = folder, setting, name
        self.held: dict[str, Held] = {}
        self.open = True
        self.threads: list[threading.Thread] = []
        folder.mkdir(parents=True)

    def watch(self) -> None:
        """Answer jobs, and end those that take too long, until the gate is closed."""
        while self.open:
            for asked in sorted(self.folder.glob("*.asked")):
                said = json.loads(asked.read_text("utf-8"))
                asked.rename(asked.with_suffix(".heard"))
                self.start(partial(self.admit, said, asked.with_suffix(".given")))
            for held in list(self.held.values()):
                self.check(held)
            time.sleep(BEAT)

    def start(self, work: Callable[[], None]) -> None:
        """Do something aside."""
        self.threads.append(threading.Thread(target=work, daemon=True))
        self.threads[-1].start()

    def admit(self, said: Mapping[str, Any], answer: Path) -> None:
        """Give one job its slot and its machine; whatever happens, it gets an answer."""
        given: dict[str, Any] = {"refused": "the run was stopped"}
        slot = ExitStack()
        try:
            slot.enter_context(self.setting.slot())
            name = self.name(said["job"], said["matrix"])
            if self.open and name not in self.held and not self.stopped:
                held = Held(machine(self.setting.scratch / "machines" / name, self.setting))
                given, held.slot = told(held.at, self.setting), slot.pop_all()
                self.held[name] = held
        except (KeyError, OSError) as error:
            given = {"refused": f"this job cannot begin: {error!r}"}
        finally:
            slot.close()
            write_atomic(answer, json.dumps(given))

    @property
    def stopped(self) -> bool:
        """Whether somebody wants to stop."""
        return self.setting.stop is not None and self.setting.stop.wished

    def check(self, held: Held) -> None:
        """End a job that takes too long."""
        late = time.time() - held.began > self.setting.timeout
        if late and not held.ended and not held.timed_out:
            held.timed_out = True
            self.start(partial(self.end_processes, held))

    def end_processes(self, held: Held) -> None:
        """End all that a job has started, again and again until the job itself has ended."""
        while not held.ended and self.open:
            sweep(held.at.mark)
            time.sleep(BEAT)

    def leave(self, name: str) -> int:
        """Take back what a job holds, once it has ended; return how many processes it had left behind."""
        held = self.held.get(name)
        if held is None or held.ended:
            return 0
        held.ended = True
        count = sweep(held.at.mark)
        held.slot.close()
        return count

    def close(self) -> None:
        """Let no more jobs begin, and end what is left."""
        self.open = False
        for name in list(self.held):
            self.leave(name)


def told(at: Machine, setting: Setting) -> dict[str, Any]:
    """Return what a job is told of its machine."""
    environ = at.environ(setting)
    path = [str(setting.tools), *at.programs().split(":")]
    return {"environ": {name: value for name, value in environ.items() if name != PRIVATE}, "path": path}
