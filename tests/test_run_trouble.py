"""Runs that end badly: killed, interrupted, on a full disk, beside damaged state; what follows is clean."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from engine_kit import drive, go, repository, text_of

from mlci.engine.process import members

FIT = """
fit:
  run: |
    mkdir model
    echo half > model/part
    echo $$ > pid.txt
    touch began
    while test -f wait; do sleep 0.05; done
    cp src.txt model/part
  inputs: [src.txt]
  outputs: [model/]
"""


def wait_for(*paths: Path, gone: bool = False) -> None:
    """Wait until files are there, or gone."""
    deadline = time.monotonic() + 30
    while any(path.exists() == gone for path in paths):
        assert time.monotonic() < deadline, f"waited too long for {paths}"
        time.sleep(0.02)


def wait_for_end(group: int) -> None:
    """Wait until a process group has no live member."""
    deadline = time.monotonic() + 30
    while members(group):
        assert time.monotonic() < deadline, f"group {group} is still alive"
        time.sleep(0.02)


@pytest.fixture
def fitted(tmp_path: Path):
    """A repository whose stage ran once, on `one`, and would now run on `two`, until `wait` is removed."""
    pipeline = repository(tmp_path, text_of(FIT, "[fit]"), {"src.txt": "one\n"})
    go(pipeline, tmp_path)
    (tmp_path / "src.txt").write_text("two\n")
    (tmp_path / "began").unlink()
    (tmp_path / "wait").touch()
    return pipeline, tmp_path


def test_after_a_killed_run_the_next_one_starts_clean(fitted):
    pipeline, root = fitted
    run = drive(root, "run")
    wait_for(root / "began")
    os.kill(run.pid, signal.SIGKILL)
    run.wait(10)
    command = int((root / "pid.txt").read_text())
    assert members(command) > 0, "the command outlives an mlci that is killed"
    assert (root / "model/part").read_text() == "half\n"

    (root / "src.txt").write_text("one\n")
    outcome, listener = go(pipeline, root)
    assert members(command) == 0
    assert outcome.states == {"fit": "current"}, "the earlier outputs are back, and fit the earlier input"
    assert (root / "model/part").read_text() == "one\n"
    assert any("'fit' was still running" in text for text in listener.warnings)
    assert any("its earlier outputs are back in place" in text for text in listener.warnings)

    (root / "src.txt").write_text("two\n")
    (root / "wait").unlink()
    outcome, listener = go(pipeline, root)
    assert outcome.states == {"fit": "done"}
    assert (root / "model/part").read_text() == "two\n"
    assert listener.warnings == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_commands_and_brings_the_outputs_back(fitted, number):
    pipeline, root = fitted
    run = drive(root, "run")
    wait_for(root / "began")
    os.kill(run.pid, number)
    assert run.wait(20) == 130
    wait_for_end(int((root / "pid.txt").read_text()))
    assert (root / "model/part").read_text() == "one\n"
    (root / "wait").unlink()
    outcome, listener = go(pipeline, root)
    assert listener.reasons["fit"] == ("it was interrupted last time",)
    assert outcome.states == {"fit": "done"}


def test_a_second_interrupt_does_not_wait_for_a_command_that_does_not_listen(tmp_path):
    stages = "deaf: {run: \"trap '' TERM; touch began; while :; do sleep 0.1; done\"}"
    repository(tmp_path, text_of(stages, "[deaf]"))
    run = drive(tmp_path, "run")
    wait_for(tmp_path / "began")
    os.kill(run.pid, signal.SIGINT)
    time.sleep(0.5)
    assert run.poll() is None, "it is given time to end"
    os.kill(run.pid, signal.SIGINT)
    assert run.wait(8) == 130


@pytest.mark.parametrize("moment", range(12))
def test_whenever_it_is_killed_the_outputs_are_the_old_or_the_new_ones(tmp_path, moment):
    """Kill a run at many moments; what the next run finds is never a mixture, and it always recovers."""
    stages = """
    make:
      run: "mkdir out; for i in 1 2 3 4; do cat src.txt > out/$i; done"
      inputs: [src.txt]
      outputs: [out/]
    """
    pipeline = repository(tmp_path, text_of(stages, "[make]"), {"src.txt": "old"})
    go(pipeline, tmp_path)
    (tmp_path / "src.txt").write_text("new")
    run = drive(tmp_path, "run")
    assert run.stdout is not None
    while '"began"' not in run.stdout.readline():
        pass
    time.sleep(moment * 0.01)
    os.kill(run.pid, signal.SIGKILL)
    run.wait(10)
    outcome, _ = go(pipeline, tmp_path)
    assert outcome.exit_status == 0
    assert [path.read_text() for path in sorted((tmp_path / "out").iterdir())] == ["new"] * 4
    assert not any((tmp_path / ".mlci/state/aside").glob("*"))


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond some bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_disk_too_full_for_the_store_costs_a_warning(tmp_path):
    script = "for i in 1 2 3; do head -c 60000 /dev/zero > out-$i; done"
    stages = f"make: {{run: '{script}', outputs: [out-1, out-2, out-3]}}"
    pipeline = repository(tmp_path, text_of(stages, "[make]"))
    with largest_file(100_000):
        outcome, listener = go(pipeline, tmp_path)
    assert outcome.states == {"make": "done"}
    assert [text for text in listener.warnings if "are not kept in the store" in text]
    assert go(pipeline, tmp_path)[0].states == {"make": "current"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 400 kB."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_command_that_fills_the_disk_fails_and_the_old_outputs_stay(small_disk):
    stages = "make: {run: 'head -c $(cat size) /dev/zero > out', inputs: [size], outputs: [out]}"
    pipeline = repository(small_disk, text_of(stages, "[make]"), {"size": "1000"})
    assert go(pipeline, small_disk)[0].exit_status == 0
    (small_disk / "size").write_text("900000")
    outcome, listener = go(pipeline, small_disk)
    assert outcome.exit_status == 1
    assert any("No space left on device" in line for line in listener.lines["make"])
    assert (small_disk / "out").stat().st_size == 1000
    (small_disk / "size").write_text("2000")
    assert go(pipeline, small_disk)[0].states == {"make": "done"}


def test_on_a_disk_without_room_for_the_record_the_message_says_so(small_disk):
    stages = "make: {run: 'echo 1 > out; cat /dev/zero > filler || true', outputs: [out]}"
    pipeline = repository(small_disk, text_of(stages, "[make]"))
    run = drive(small_disk, "run")
    told = run.communicate(timeout=30)[0]
    assert run.returncode == 2, told
    events = [json.loads(line) for line in told.splitlines()]
    said = next(event["said"] for event in events if event.get("state") == "failed")
    assert "No space left on device" in said
    assert "help: free some space" in said
    (small_disk / "filler").unlink()
    changed = repository(small_disk, text_of(stages.replace("cat /dev/zero", "true"), "[make]"))
    assert go(changed, small_disk)[0].states == {"make": "done"}
    assert pipeline.name == changed.name


@pytest.mark.parametrize("name", ["state/trees.json", "state/files.json", "state/interpreters.json"])
@pytest.mark.parametrize("damage", ["", "{}", "\x00\xff", '[[["', "cut"])
def test_damaged_state_is_rebuilt(tmp_path, name, damage):
    pipeline = repository(tmp_path, text_of(FIT, "[fit]"), {"src.txt": "one\n"})
    go(pipeline, tmp_path)
    path = tmp_path / ".mlci" / name
    kept = path.read_text()
    path.write_text(kept[: len(kept) // 2] if damage == "cut" else damage, encoding="latin-1")
    outcome, _ = go(pipeline, tmp_path)
    assert outcome.states == {"fit": "current"}


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"format": "mlci-record/1"}', "\x00", "cut"])
def test_a_damaged_record_means_that_the_job_is_done_again(tmp_path, damage):
    pipeline = repository(tmp_path, text_of(FIT, "[fit]"), {"src.txt": "one\n"})
    go(pipeline, tmp_path)
    path = tmp_path / ".mlci/handoff/fit/record.json"
    kept = path.read_text()
    path.write_text(kept[: len(kept) // 2] if damage == "cut" else damage)
    outcome, _ = go(pipeline, tmp_path)
    assert outcome.states == {"fit": "restored"}
    assert json.loads(path.read_text())["status"] == "done"


@pytest.mark.parametrize("value", [[], 7, "x", None, {"a": []}])
@pytest.mark.parametrize("field", ["inputs", "outputs", "ingredients", "timing", "status", "metrics", "key"])
def test_a_record_of_the_wrong_kinds_is_none(tmp_path, field, value):
    pipeline = repository(tmp_path, text_of(FIT, "[fit]"), {"src.txt": "one\n"})
    go(pipeline, tmp_path)
    path = tmp_path / ".mlci/handoff/fit/record.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    outcome, _ = go(pipeline, tmp_path)
    assert outcome.exit_status == 0


def test_an_output_that_is_the_repository_itself_is_refused(tmp_path):
    text = text_of("all: {run: 'true', outputs: ['{where}'], matrix: {where: [./]}}", "[all]")
    pipeline = repository(tmp_path, text, {"keep": "me"})
    outcome, listener = go(pipeline, tmp_path)
    assert outcome.exit_status == 2
    assert any("cannot be an output" in said for said in listener.said.values())
    assert (tmp_path / "keep").read_text() == "me"


def test_an_output_behind_a_link_that_leads_out_is_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_text("precious")
    root = tmp_path / "root"
    pipeline = repository(root, text_of("make: {run: 'echo 1 > link/x', outputs: [link/x]}", "[make]"))
    (root / "link").symlink_to(outside)
    outcome, listener = go(pipeline, root)
    assert outcome.exit_status == 2
    assert "leads out of the repository" in listener.said["make"]
    assert (outside / "x").read_text() == "precious"
