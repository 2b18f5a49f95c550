"""Proofs on one machine leave each other alone, and what somebody else has ended is not proven."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import parity_kit as kit
import performer_kit
import pytest

from mlci.parity import machine, performers, writing
from mlci.parity.certificate import Proof
from mlci.parity.contract import Event

ENGINES = ["circleci", "travis"]
ACT = pytest.param(["github"], marks=pytest.mark.real)


def pipeline(vendors: list[str], run: str) -> str:
    """Return a pipeline of one stage, and one after it."""
    return f"""\
version: 1
name: small
vendors: [{", ".join(vendors)}]
stages:
  work: {{run: {json.dumps(run)}}}
  after: {{run: "true"}}
workflows:
  main: {{on: {{push: true}}, stages: [work, after]}}
"""


def need(vendors: list[str]) -> None:
    """Skip where a program is missing, unless it must be here."""
    for vendor in vendors:
        performer_kit.require(performers()[vendor])


@pytest.mark.real
@pytest.mark.parametrize("vendors", [ENGINES, ACT])
def test_two_proofs_on_one_machine_both_succeed(tmp_path: Path, vendors: list[str]) -> None:
    """The first one's jobs end, and what they have left is ended, while the other's are at work."""
    need(vendors)
    began = tmp_path / "began"
    waits = f"until test -e {began}; do sleep 0.1; done; sleep 0.5"
    works = f"touch {began}; sleep 3"
    roots = [kit.lay_out(tmp_path / str(at), pipeline(vendors, run)) for at, run in enumerate((waits, works))]
    calls = [kit.call(root, "-j", "3") for root in roots]
    for status, out, err in map(kit.done, calls):
        assert status == 0, out + err
        assert f"{', '.join(vendors)}: no difference" in out


def test_a_proof_sweeps_its_own_processes_alone(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small")
    with kit.prover(root) as one, kit.prover(root) as other:
        settings = [each.setting("circleci", each.snapshot(Event()), Event()) for each in (one, other)]
    marks = [each.mark("pipeline-100") for each in settings]
    path = {"PATH": os.environ["PATH"]}
    ours, theirs = (subprocess.Popen(["sleep", "60"], env={**path, machine.MARK: mark}) for mark in marks)
    try:
        assert machine.sweep(marks[0]) == 1
        assert ours.wait(10) == -signal.SIGTERM
        assert theirs.poll() is None
    finally:
        theirs.kill()
        theirs.wait()


def test_proofs_of_one_repository_write_by_turns(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write = threading.Thread(target=writing.write, args=(Proof("small", ()), {}, folder))
    with writing.by_turns(folder):
        write.start()
        write.join(0.3)
        assert write.is_alive()
        assert list(folder.iterdir()) == []
    write.join(10)
    assert (folder / writing.CERTIFICATE).is_file()


LONG = f"{54321 + os.getpid() / 1e8:.8f}"
"""Seconds that nobody else on this machine sleeps."""
Interrupt = Callable[[int], object]


def begin(tmp_path: Path, vendor: str) -> tuple[Path, subprocess.Popen[str], int]:
    """Begin a proof whose job hangs at the vendor, once the plan itself has been run; return its process."""
    run = f"mkdir {tmp_path / 'once'} || exec sleep {LONG}"
    root = kit.lay_out(tmp_path / "small", pipeline([vendor], run))
    proof = kit.call(root, "-j", "1")
    deadline = time.monotonic() + 60
    while not (found := [*kit.processes(LONG)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return root, proof, found[0]


def mark_of(pid: int) -> str:
    """Return the mark that a process carries."""
    environ = dict(machine.environments())[pid].split(b"\0")
    return next(each for each in environ if each.startswith(machine.MARK.encode())).decode().partition("=")[2]


@pytest.mark.real
@pytest.mark.parametrize(
    ("vendor", "interrupt", "status"),
    [
        ("circleci", lambda pid: os.kill(pid, signal.SIGKILL), "137"),
        ("travis", lambda pid: machine.sweep(mark_of(pid)), "1(30|43)"),
    ],
)
def test_an_interrupted_job_is_not_proven(
    tmp_path: Path, vendor: str, interrupt: Interrupt, status: str
) -> None:
    root, proof, pid = begin(tmp_path, vendor)
    interrupt(pid)
    exit_status, out, err = kit.done(proof)
    assert exit_status == 1, out + err
    said = rf"main / work was interrupted: exit status {status}"
    assert_said(out, rf"{vendor} is not proven: {said}\n")
    assert_said(out, r"no difference; 1 not proven\n")
    assert "must be" not in out
    certificate = json.loads((root / ".mlci/parity/parity.json").read_text())
    assert certificate["alike"] is False
    assert certificate["proofs"][0]["differences"] == []
    column = certificate["proofs"][0]["vendors"][vendor]
    assert column["proven"] is False
    assert_said(column["why"], said)
    assert column["jobs"]["main/work"]["values"]["status"] == "interrupted"
    page = (root / ".mlci/parity/parity.html").read_text()
    assert_said(page, rf"is not proven: {said}")
    assert "no difference, but 1 of 1 vendors not proven" in page
    assert (root / f".mlci/parity/logs/{vendor}").is_dir()


def assert_said(text: str, wanted: str) -> None:
    """Assert that a text has something; shows all of it when not."""
    assert re.search(wanted, text), text


@pytest.mark.real
def test_a_plan_that_was_interrupted_proves_nothing(tmp_path: Path) -> None:
    run = f"mkdir {tmp_path / 'once'} && kill -TERM $$; true"
    part = kit.prove(kit.lay_out(tmp_path / "small", pipeline(["travis"], run)), jobs=1)
    said = "main / work was interrupted when the plan itself ran: exit status 143"
    assert [column.unproven for column in part.columns] == [said]
    assert part.differences == ()


@pytest.mark.real
def test_a_run_whose_program_was_ended_is_not_proven(tmp_path: Path) -> None:
    need(["github"])
    _, proof, pid = begin(tmp_path, "github")
    whole = f"{mark_of(pid).rpartition('/')[0]}/act-".encode()
    for other, environ in machine.environments():
        if machine.MARK.encode() + b"=" + whole in environ:
            machine.send(other, signal.SIGKILL)
    status, out, err = kit.done(proof)
    assert status == 1, out + err
    assert "github is not proven: the run was interrupted: act ended with exit status 137" in out
    assert list(kit.processes(LONG)) == []
