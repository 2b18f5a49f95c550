"""Commands: their output as it comes, their end whole."""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import Thread

import pytest

from mlci.engine import process
from mlci.engine.lines import LONGEST, Lines
from mlci.engine.masker import Masker
from mlci.engine.process import Command, Ended, members, run
from mlci.engine.stop import Stop
from mlci.errors import EnvironmentLacks


def bash(script: str, folder: Path, **more) -> tuple[Ended, list[str]]:
    """Run a script."""
    lines: list[str] = []
    stop = more.pop("stop", Stop())
    command = Command(("bash", "-eo", "pipefail", "-c", script), folder, dict(os.environ), **more)
    return run(command, lines.append, masker=Masker(["s3cret-s3cret"]), stop=stop), lines


def gone(pid: int) -> bool:
    """Tell whether a process has ended, or is about to be waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_both_outputs_come_in_order_with_secrets_hidden(tmp_path):
    ended, lines = bash(
        "echo one; echo two >&2; printf 's3cret-'; sleep 0.1; printf 's3cret three'", tmp_path
    )
    assert ended.status == 0
    assert lines == ["one", "two", "*** three"]


def test_lines_come_while_the_command_runs(tmp_path):
    seen: list[float] = []
    script = "echo a; sleep 0.6; echo b"
    command = Command(("bash", "-c", script), tmp_path, dict(os.environ))
    run(command, lambda line: seen.append(time.monotonic()), masker=Masker(()), stop=Stop())
    assert seen[1] - seen[0] > 0.4


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb", ["a", "b"]),
        (b"1%\r50%\r100%\n", ["100%"]),
        (b"\xff\xfe\n", ["\ufffd\ufffd"]),
        (b"\n\n", ["", ""]),
        (b"last\r", ["last"]),
        (b"", []),
    ],
)
def test_output_is_cut_into_lines(data, lines):
    for size in (1, 2, 100):
        seen: list[str] = []
        cut = Lines(seen.append)
        cut.shown = time.monotonic()
        for at in range(0, len(data), size):
            cut.feed(data[at : at + size])
        cut.close()
        assert seen == lines


def test_a_line_without_an_end_does_not_fill_the_memory():
    seen: list[str] = []
    cut = Lines(seen.append)
    for _ in range(40):
        cut.feed(b"x" * 10_000)
    assert len(cut.rest) <= LONGEST
    cut.close()
    assert sum(map(len, seen)) == 400_000


@pytest.mark.parametrize(
    ("script", "status"), [("exit 7", 7), ("kill -TERM $$", 143), ("false | true; exit 0", 1), ("true", 0)]
)
def test_the_exit_status_is_a_shells(tmp_path, script, status):
    assert bash(script, tmp_path)[0].status == status


def test_what_is_left_in_the_background_is_ended_and_not_waited_for(tmp_path):
    begun = time.monotonic()
    ended, lines = bash("sleep 60 & echo $!; exit 0", tmp_path)
    assert ended.left_behind
    assert ended.status == 0
    assert time.monotonic() - begun < 8
    assert gone(int(lines[0]))


def test_what_is_left_without_holding_the_output_is_ended_too(tmp_path):
    ended, _ = bash("sleep 60 > /dev/null 2>&1 & echo $! > pid; exit 0", tmp_path)
    assert ended.left_behind
    assert gone(int((tmp_path / "pid").read_text()))


def test_after_the_timeout_all_of_it_has_ended(tmp_path):
    script = "(trap 'echo bye; exit' TERM; sleep 60 & wait) & echo $! > pid; sleep 60"
    ended, lines = bash(script, tmp_path, timeout=0.5)
    assert (ended.timed_out, ended.stopped) == (True, False)
    assert lines == ["bye"], "it may say farewell"
    assert gone(int((tmp_path / "pid").read_text()))


def test_what_does_not_listen_is_killed_after_the_grace(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "GRACE", 0.5)
    begun = time.monotonic()
    ended, _ = bash("trap '' TERM; while :; do sleep 0.1; done", tmp_path, timeout=0.3)
    assert ended.timed_out
    assert ended.status == 137
    assert time.monotonic() - begun < 6


def test_a_wish_to_stop_from_another_thread_ends_it(tmp_path):
    stop = Stop()

    def request() -> None:
        time.sleep(0.3)
        stop.wishes += 1

    Thread(target=request).start()
    ended, _ = bash("sleep 60", tmp_path, stop=stop)
    assert (ended.stopped, ended.timed_out, ended.status) == (True, False, 143)


def test_nothing_of_it_outlives_an_exception(tmp_path):
    class Unexpected(Exception):
        pass

    def say(line: str) -> None:
        raise Unexpected

    command = Command(("bash", "-c", "echo $$ > pid; echo x; sleep 60"), tmp_path, dict(os.environ))
    with pytest.raises(Unexpected):
        run(command, say, masker=Masker(()), stop=Stop())
    assert members(int((tmp_path / "pid").read_text())) == 0


def test_output_as_fast_as_it_can_come_is_all_there(tmp_path):
    ended, lines = bash("seq 200000", tmp_path)
    assert ended.status == 0
    assert (len(lines), lines[-1]) == (200_000, "200000")


def test_a_command_has_no_terminal_and_no_input(tmp_path):
    ended, lines = bash("test ! -t 0; cat | wc -c", tmp_path)
    assert (ended.status, [line.strip() for line in lines]) == (0, ["0"])


def test_a_program_or_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(EnvironmentLacks, match="cannot run no-such-program"):
        run(Command(("no-such-program",), tmp_path, {}), print, masker=Masker(()), stop=Stop())
    with pytest.raises(EnvironmentLacks, match=f"cannot run {tmp_path}/missing"):
        run(Command(("true",), tmp_path / "missing", {}), print, masker=Masker(()), stop=Stop())
