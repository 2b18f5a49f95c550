"""What a run shows: to a person at a terminal, in a log, and to a program."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engine_kit import DRIVER, environ, go, plan, repository, text_of

from mlci.engine.events import JsonLines
from mlci.engine.progress import Terminal
from mlci.engine.run import run
from mlci.engine.schedule import Request
from mlci.engine.workspace import Workspace

STAGES = """
make: {run: "echo working; echo '{\\"loss\\": 0.25}' > m.json", metrics: m.json}
fail: {run: "echo trouble; exit 3"}
after: {run: "true"}
"""


def shown(root: Path, text: str, **how) -> str:
    """Run a workflow and return what a terminal of some kind shows."""
    stream = io.StringIO()
    reporter = Terminal(stream, **how)
    workspace = Workspace(root, environ(), reporter.warned)
    run(plan(repository(root, text)), Request(), workspace, reporter)
    return stream.getvalue()


def test_plain_lines_say_what_happens(tmp_path):
    text = shown(tmp_path, text_of(STAGES, "[make, fail, after]"))
    lines = text.splitlines()
    assert lines[0] == "make  runs: it has not run here yet"
    assert lines[1] == "make  │ working"
    assert lines[2].startswith("make  done in 0.")
    assert lines[2].endswith(" s (loss 0.25)")
    assert "fail  │ trouble" in lines
    assert any(line.startswith("fail  failed in 0.") and "exit status 3" in line for line in lines)
    assert "      log: .mlci/reports/fail/log.txt" in lines
    assert "after not run: 'fail' did not succeed" in lines
    assert lines[-1].startswith("1 done, 1 failed, 1 not run in ")
    assert "\x1b" not in text


def test_without_wide_characters_it_is_ascii(tmp_path):
    assert shown(tmp_path, text_of(STAGES, "[make, fail, after]"), wide=False).isascii()


def test_colour_is_only_paint(tmp_path):
    import re

    text = text_of("one: {run: 'true'}", "[one]")
    plain, coloured = shown(tmp_path / "plain", text), shown(tmp_path / "coloured", text, colour=True)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert coloured != bare
    cut = re.compile(r"[0-9.]+ s")
    assert cut.sub("", bare) == cut.sub("", plain)


def test_when_nothing_is_to_do_one_line_says_so(tmp_path):
    text = text_of("make: {run: 'echo 1 > out', outputs: [out]}", "[make]")
    shown(tmp_path, text)
    lines = shown(tmp_path, text).splitlines()
    assert lines[0] == "make up to date"
    assert lines[-1].startswith("everything is up to date in 0.")


def test_a_live_line_is_written_over_and_gone_at_the_end(tmp_path):
    text = shown(tmp_path, text_of("slow: {run: 'sleep 0.7'}", "[slow]"), live=True)
    assert "[0/1] · slow 0 s" in text
    assert text.count("\r\x1b[K[0/1]") >= 2, "it is written anew while the job runs"
    assert text.endswith("\n")
    last = text.splitlines()[-1].split("\x1b[K")[-1]
    assert last.startswith("1 done in ")


@pytest.mark.parametrize(("answer", "states"), [("y\n", "done"), ("n\n", "blocked"), ("\n", "blocked")])
def test_at_a_real_terminal_the_approval_is_asked_for(tmp_path, answer, states):
    stages = "ship: {run: 'touch shipped'}"
    repository(tmp_path, text_of(stages, "[{approve: hold}, ship]"))
    code = (
        "import sys; from pathlib import Path; from mlci.planning.repository import load;"
        "from mlci.engine.exec import plan_of;"
        "from mlci.engine.run import run; from mlci.engine.schedule import Request;"
        "from mlci.engine.workspace import Workspace; from mlci.engine.progress import Terminal;"
        "root = Path(sys.argv[1]); reporter = Terminal(sys.stdout, live=True);"
        "run(plan_of(load(root), None), Request(), Workspace(root), reporter)"
    )
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=theirs, stdout=theirs, stderr=theirs, env=environ()
    )
    os.close(theirs)
    text = read_until(ours, "go on? [y/N]")
    assert "hold: go on?" in text
    os.write(ours, answer.encode())
    text += read_until(ours, None)
    process.wait(20)
    assert (tmp_path / "shipped").exists() == (states == "done")


def read_until(handle: int, wanted: str | None) -> str:
    """Read a terminal until a text, or its end."""
    text = ""
    deadline = time.monotonic() + 30
    while wanted is None or wanted not in text:
        assert time.monotonic() < deadline, text
        if not select.select([handle], [], [], 1)[0]:
            continue
        try:
            data = os.read(handle, 4096)
        except OSError:
            break
        if not data:
            break
        text += data.decode()
    return text


def test_every_event_is_a_line_of_json(tmp_path):
    repository(tmp_path, text_of(STAGES, "[make, fail, after]"))
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(tmp_path), "run"], capture_output=True, text=True, env=environ()
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events] == [
        "began",
        *("started", "line", "settled"),
        *("started", "line", "settled"),
        "settled",
        "ended",
    ]
    assert events[0] == {"event": "began", "workflow": "main", "jobs": 3}
    assert events[3]["record"]["metrics"] == {"loss": 0.25}
    assert events[3]["record"]["digest"].startswith("sha256:")
    assert events[-1]["states"] == {"make": "done", "fail": "failed", "after": "blocked"}
    assert events[-1]["exit_status"] == done.returncode == 1


def test_lines_of_jobs_side_by_side_never_mix(tmp_path):
    stages = "\n".join(f"j{n}: {{run: 'for i in $(seq 300); do echo {n}-$i-{n}; done'}}" for n in range(4))
    pipeline = repository(tmp_path, text_of(stages, "[[j0, j1, j2, j3]]"))
    stream = io.StringIO()
    reporter = JsonLines(stream)
    run(plan(pipeline), Request(jobs=4), Workspace(tmp_path, environ()), reporter)
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    for number in range(4):
        texts = [
            event["text"] for event in events if event["event"] == "line" and event["job"] == f"j{number}"
        ]
        assert texts == [f"{number}-{i}-{number}" for i in range(1, 301)]


def test_a_run_with_nothing_to_do_loads_nothing_it_does_not_need(tmp_path):
    text = text_of("make: {run: 'echo 1 > out', outputs: [out]}", "[make]")
    go(repository(tmp_path, text), tmp_path)
    code = (
        f"import sys; sys.argv = ['x', {str(tmp_path)!r}, 'run']; sys.path.insert(0, {str(DRIVER.parent)!r});"
    )
    code += "import engine_driver; engine_driver.main();"
    heavy = ("subprocess", "tarfile", "tempfile", "hashlib", "jinja2", "typer")
    code += f"print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environ(), check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_terminal_that_does_not_know_its_width_gets_whole_lines(monkeypatch):
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((0, 0)))
    with Path(os.devnull).open("w") as stream:
        assert Terminal(stream).columns() == 80
