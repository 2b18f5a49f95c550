"""Runs one command in a process group of its own: streams its output, ends all of it when it must."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlci.engine.lines import Lines, Say
from mlci.engine.stop import Stop
from mlci.errors import EnvironmentLacks

if TYPE_CHECKING:
    from subprocess import Popen

    from mlci.engine.masker import Masker

BEAT = 0.05
"""Seconds between looks at what no file descriptor tells: the clock, the end of the process, a stop."""
GRACE = 10.0
"""Seconds between asking a group to end and ending it."""
LINGER = 1.0
"""Seconds for which output is still read after a command has ended but left others that hold its pipe."""
CHUNK = 65536


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    """Its exit status; 128 + N when signal N ended it."""
    seconds: float
    timed_out: bool = False
    stopped: bool = False
    """Whether it was ended because mlci was asked to stop."""
    left_behind: bool = False
    """Whether processes it had started were still there, and were ended."""


class Command(NamedTuple):
    """What to run, and where."""

    words: Sequence[str]
    folder: Path
    environ: Mapping[str, str]
    timeout: float | None = None
    """Seconds; None for no limit."""


def run(
    command: Command, say: Say, *, masker: Masker, stop: Stop, started: Callable[[int], None] | None = None
) -> Ended:
    """Run a command to its end, and end whatever it leaves behind.

    Parameters
    ----------
    command : what to run
    say : shows one line of its output, secrets hidden; standard error is part of it
    masker : hides the secrets
    stop : a wish to end early
    started : told the number of the process group

    Raises
    ------
    EnvironmentLacks : the program or the folder is not there
    """
    begun = time.monotonic()
    deadline = None if command.timeout is None else begun + command.timeout
    lines = Lines(say)
    with stop.at_work():
        process = start(command)
        group = Group(process)
        try:
            if started is not None:
                started(process.pid)
            reason = follow(group, lines, masker, stop, deadline)
        finally:
            # Also when this thread itself is interrupted: nothing of the command outlives it.
            left = group.end(stop)
            if process.stdout is not None:
                process.stdout.close()
    lines.feed(masker.close())
    lines.close()
    status = 128 - process.returncode if process.returncode < 0 else process.returncode
    seconds = time.monotonic() - begun
    return Ended(status, seconds, reason == "timeout", reason == "stop", left and not reason)


def start(command: Command) -> Popen[bytes]:
    """Start a command in a session of its own, with both its outputs in one pipe and no input."""
    import subprocess

    try:
        return subprocess.Popen(
            command.words,
            cwd=command.folder,
            env=dict(command.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            bufsize=0,
        )
    except OSError as error:
        what = command.words[0] if command.folder.is_dir() else command.folder
        raise EnvironmentLacks(f"cannot run {what}: {error.strerror}") from error


def follow(group: Group, lines: Lines, masker: Masker, stop: Stop, deadline: float | None) -> str:
    """Pass output on until the command has ended; return why it was asked to, "" when it was not."""
    assert group.process.stdout is not None  # noqa: S101 - it is a pipe
    pipe = group.process.stdout.fileno()
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    flowing, ended_at, pause = True, 0.0, 0.0005
    reason, kill_at = "", 0.0
    while True:
        now = time.monotonic()
        if group.process.poll() is not None:
            ended_at = ended_at or now
            if not flowing or now - ended_at > LINGER:
                return reason
        elif not reason and (stop.wished or (deadline is not None and now > deadline)):
            reason, kill_at = "stop" if stop.wished else "timeout", now + GRACE
            group.send(signal.SIGTERM)
        elif reason and (now > kill_at or stop.at_once):
            group.send(signal.SIGKILL)
        if not flowing:
            # All output is closed, so the end is near: look often at first.
            time.sleep(pause)
            pause = min(BEAT, pause * 2)
        elif poll.poll(BEAT * 1000):
            data = os.read(pipe, CHUNK)
            flowing = bool(data)
            lines.feed(masker.feed(data))


class Group:
    """The process group that a command leads."""

    def __init__(self, process: Popen[bytes]) -> None:
        self.process = process

    def end(self, stop: Stop) -> bool:
        """End all of the group, kindly first; tell whether anything was still there."""
        if self.process.poll() is not None and not self.send(0):
            return False
        if not self.alive():
            return False
        self.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while self.alive():
            if time.monotonic() > deadline or stop.at_once:
                self.send(signal.SIGKILL)
                break
            time.sleep(BEAT / 5)
        self.process.wait()
        return True

    def alive(self) -> bool:
        """Tell whether the command, or anything else of its group, is alive."""
        return self.process.poll() is None or members(self.process.pid) > 0

    def send(self, number: int) -> bool:
        """Send a signal to all of the group; tell whether there is one."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def members(group: int) -> int:
    """Count the live processes of a group, ended ones that nobody has waited for left out."""
    if not Path("/proc/self/stat").exists():
        return members_by_ps(group)
    count = 0
    with os.scandir("/proc") as listing:
        for entry in listing:
            if entry.name.isdecimal():
                state, of = stat_fields(int(entry.name))
                count += of == group and state not in ("Z", "X")
    return count


def stat_fields(pid: int) -> tuple[str, int]:
    """Return a process's state and group on Linux; ("", 0) when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - one of many, many times
            text = file.read()
    except OSError:
        return "", 0
    fields = text[text.rindex(b")") + 2 :].split()
    return fields[0].decode(), int(fields[2])


def members_by_ps(group: int) -> int:
    """Count the live processes of a group where there is no /proc."""
    import subprocess

    said = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=False)
    rows = (line.split() for line in said.stdout.splitlines())
    return sum(1 for row in rows if len(row) == 2 and row[0] == str(group) and not row[1].startswith("Z"))
