"""One command of a job: run to its end, its time or its silence, with all it has started."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mlci.engine.masker import Masker
from mlci.engine.process import Command, Ended, run
from mlci.engine.stop import Stop
from mlci.parity.joblog import JobLog


class Limits(NamedTuple):
    """When a command is ended although it is not done."""

    stop: Stop
    deadline: float
    """On the monotonic clock: the end of the job's time."""
    silence: float = float("inf")
    """Seconds without a line of output."""


class Watch(Stop):
    """The wish that one command ends: the whole proof's, or because it has been silent for too long."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.last = time.monotonic()
        self.asked = False

    @property
    def silent(self) -> bool:
        """Whether it has been silent for too long."""
        return time.monotonic() - self.last > self.limits.silence

    @property
    def wished(self) -> bool:
        """Whether to end the command."""
        return self.asked or self.limits.stop.wished or self.silent

    @property
    def at_once(self) -> bool:
        """Whether to end it without grace."""
        return self.limits.stop.at_once


class Shell:
    """Runs a job's commands, one after the other.

    Parameters
    ----------
    log : takes what they print
    limits : the whole job's
    """

    def __init__(self, log: JobLog, limits: Limits) -> None:
        self.log = log
        self.limits = limits
        self.timed_out = False
        self.over = False
        """Whether the whole job's time is over."""

    def run(
        self,
        words: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        *,
        silence: float = float("inf"),
        watch: Watch | None = None,
    ) -> int:
        """Run a command; return its exit status.

        Parameters
        ----------
        words : the program and its arguments
        folder : where
        environ : all it is given
        silence : seconds it may print nothing
        watch : made before, for one who wants to end it
        """
        watch = watch or Watch(self.limits._replace(silence=silence))
        left = self.limits.deadline - time.monotonic()
        if left <= 0:
            self.over = True
            return self.out_of_time("the job's time is over")

        def say(line: str) -> None:
            watch.last = time.monotonic()
            self.log.line(line)

        command = Command(words, folder, environ, left)
        ended = run(command, say, masker=Masker(()), stop=watch)
        return self.verdict(ended, watch)

    def verdict(self, ended: Ended, watch: Watch) -> int:
        """Say why a command was ended, if it was; return its exit status."""
        if ended.timed_out:
            self.over = True
            return self.out_of_time("ended: the job has taken too long")
        if ended.stopped and watch.silent and not watch.asked:
            return self.out_of_time(f"ended: no output for {watch.limits.silence:.0f} s")
        return ended.status

    def out_of_time(self, why: str) -> int:
        self.timed_out = True
        self.log.line(f"mlci parity: {why}")
        return 124
