"""Lets jobs begin that another program runs: each waits for a slot of this machine, and a home of its own.

A job asks by a file `NAME.asked` in a folder: JSON with its `job` and `matrix`; one `inside` another takes no
slot of its own. It waits for `NAME.given`, which holds what it is given, or {"refused": why}. A file
`X.left` that holds its name says that it has ended.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mlci.files import write_atomic
from mlci.parity.contract import Setting
from mlci.parity.machine import Machine, machine, sweep

BEAT = 0.02

Namer = Callable[[str, Mapping[str, Any]], str]
"""Gives a job and its combination the name of a folder."""
Teller = Callable[[str, Machine], dict[str, Any]]
"""Returns what a job of such a name is given of its machine."""


class Held:
    """What one job holds while it works."""

    def __init__(self, at: Machine) -> None:
        self.at = at
        self.began = time.time()
        self.until = 0.0
        self.slot = ExitStack()
        self.timed_out = False
        self.ended = False


class Gate:
    """Where jobs ask.

    Parameters
    ----------
    folder : for questions and answers
    setting : the run's
    name, tell : how jobs are called, and what they are given
    """

    def __init__(self, folder: Path, setting: Setting, name: Namer, tell: Teller) -> None:
        self.folder, self.setting, self.name, self.tell = folder, setting, name, tell
        self.held: dict[str, Held] = {}
        self.open = True
        self.threads: list[threading.Thread] = []
        self.watching = threading.Thread(target=self.watch, daemon=True)
        folder.mkdir(parents=True)

    def __enter__(self) -> Self:
        self.watching.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.open = False
        self.watching.join()
        for name in list(self.held):
            self.leave(name)
        for thread in self.threads:
            thread.join()

    def watch(self) -> None:
        """Answer jobs, and end those that take too long, until the gate is closed."""
        while self.open:
            # Ends first: who asks may have waited for one of them.
            for left in self.folder.glob("*.left"):
                self.leave(left.read_text("utf-8"))
                left.unlink()
            for asked in sorted(self.folder.glob("*.asked")):
                said = json.loads(asked.read_text("utf-8"))
                asked.rename(asked.with_suffix(".heard"))
                self.start(partial(self.admit, said, asked.with_suffix(".given")))
            for held in list(self.held.values()):
                self.check(held)
            time.sleep(BEAT)

    def start(self, work: Callable[[], None]) -> None:
        self.threads.append(threading.Thread(target=work, daemon=True))
        self.threads[-1].start()

    def admit(self, said: Mapping[str, Any], answer: Path) -> None:
        """Give one job its slot and its machine; whatever happens, it gets an answer."""
        given: dict[str, Any] = {"refused": "the run was stopped"}
        slot = ExitStack()
        try:
            if not said.get("inside"):
                slot.enter_context(self.setting.slot())
            name = self.name(said["job"], said["matrix"])
            if self.open and name not in self.held and not self.stopped:
                held = Held(machine(self.setting.scratch / "machines" / name, self.setting))
                given, held.slot = self.tell(name, held.at), slot.pop_all()
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

    def leave(self, name: str, tell: Callable[[int], None] = lambda count: None) -> None:
        """Note that a job has ended; what it holds is taken back aside.

        Parameters
        ----------
        name : that of its folder
        tell : told how many processes it had left behind, which are ended
        """
        held = self.held.get(name)
        if held is not None and not held.ended:
            held.ended, held.until = True, time.time()
            self.start(partial(take_back, held, tell))


def take_back(held: Held, tell: Callable[[int], None]) -> None:
    """End what a job has left, and free its slot."""
    count = sweep(held.at.mark)
    if count:
        tell(count)
    held.slot.close()
