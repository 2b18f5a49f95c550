"""`mlci parity` as a person calls it: its table, certificate and page, and that nothing stays behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import parity_kit as kit
import pytest

import mlci
from mlci.errors import EnvironmentLacks
from mlci.parity import compared, machine
from mlci.parity.certificate import Proof
from mlci.parity.contract import Event
from mlci.parity.proof import Request
from mlci.planning import vendor as vendors
from mlci.vendors.circleci import runner
from mlci.vendors.travis import runner as travis

BOTH = ("circleci", "travis")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary files go to, to see whether any stay there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.mark.real
def test_a_proof_is_shown_and_written_and_leaves_nothing(tmp_path: Path, temporary: Path) -> None:
    root = kit.lay_out(tmp_path / "small")
    secrets = tmp_path / "secrets"
    secrets.write_text("".join(f"{name}={value}\n" for name, value in kit.SECRETS.items()))
    status, out, err = kit.done(
        kit.call(root, "--secrets", str(secrets), "--approve", "hold", "--event", "manual")
    )
    assert status == 0, out + err
    assert "manual on branch main, hold approved: commit " in out
    assert out.count("✓ passed") == 15
    assert "circleci, travis: no difference" in out
    assert list(temporary.iterdir()) == []
    assert subprocess.run(["git", "status", "--short"], cwd=root, capture_output=True).stdout == b""

    folder = root / ".mlci" / "parity"
    certificate = json.loads((folder / "parity.json").read_text())
    assert certificate["format"] == "mlci-parity/1"
    assert certificate["alike"] is True
    (proof,) = certificate["proofs"]
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True).stdout
    assert proof["commit"] == head.strip()
    assert proof["uncommitted"] is False
    assert set(proof["vendors"]) == {"here", *BOTH}
    assert list(proof["vendors"]["circleci"]["files"]) == [".circleci/config.yml"]
    values = [vendor["jobs"]["main/train"]["values"] for vendor in proof["vendors"].values()]
    assert values[0] == values[1] == values[2]
    assert values[0]["metric accuracy"] == "0.5"
    assert values[0]["variable MODE"] == "fast"
    assert values[0]["output model.txt"].startswith("sha256:")
    assert values[0]["secrets"] == "TOKEN"

    logs = sorted(path.relative_to(folder).as_posix() for path in (folder / "logs").rglob("*.log"))
    assert len(logs) == 15
    assert "the token is ***" in (folder / "logs/travis/main/train.log").read_text()
    page = (folder / "parity.html").read_text()
    assert "runs alike on 2 vendors" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    for path in folder.rglob("*"):
        if path.is_file():
            assert not any(value in path.read_text() for value in kit.SECRETS.values()), path


@pytest.mark.real
def test_work_that_is_not_committed_is_part_of_a_proof(tmp_path: Path, temporary: Path) -> None:
    root = kit.lay_out(tmp_path / "small")
    (root / "make.py").write_text(kit.MAKE + "# another\n")
    (root / "new.txt").write_text("not known to git\n")
    (root / ".mlci").mkdir(exist_ok=True)
    (root / ".mlci" / "secrets.env").write_text("TOKEN=abcdefgh\nSHIP_KEY=ijklmnop\n")
    before = subprocess.run(["git", "count-objects"], cwd=root, capture_output=True, text=True).stdout
    status, out, err = kit.done(kit.call(root, "--vendor", "travis", "--json", "-o", str(tmp_path / "out")))
    assert status == 0, out + err
    (proof,) = json.loads(out)["proofs"]
    assert proof["uncommitted"] is True
    commit = subprocess.run(["git", "cat-file", "-e", proof["commit"]], cwd=root, capture_output=True)
    assert commit.returncode != 0, "the user's repository got an object"
    assert subprocess.run(["git", "count-objects"], cwd=root, capture_output=True, text=True).stdout == before


@pytest.mark.real
def test_a_folder_that_is_no_repository_is_proven_all_the_same(tmp_path: Path) -> None:
    root = tmp_path / "small"
    text = kit.PIPELINE.replace("    secrets: [TOKEN]\n", "").replace("    secrets: [SHIP_KEY]\n", "")
    kit.lay_out(root, text.replace("$TOKEN", "none").replace('test -n "$SHIP_KEY" && ', ""))
    subprocess.run(["rm", "-rf", ".git"], cwd=root, check=True)
    part = kit.prove(root, "travis", secrets={})
    kit.alike(part, ["travis"])
    assert part.snapshot.dirty


def test_a_secret_that_is_missing_is_said_before_anything_runs(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small")
    with pytest.raises(EnvironmentLacks, match="'train' needs the secret TOKEN"):
        kit.prove(root, secrets={"SHIP_KEY": "abcdefgh"})


@pytest.mark.real
def test_a_missing_program_leaves_a_vendor_unproven_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = kit.lay_out(tmp_path / "small")
    with kit.prover(root) as made:
        lacking = {"circleci": runner}
        request = Request((vendors.find("circleci"), vendors.find("travis")), lacking, kit.SECRETS)
        made.request = request
        part = made.prove(Event())
    assert [column.unproven for column in part.columns] == ["", "its files cannot be run here"]
    proof = Proof("small", (part,))
    assert not proof.alike
    assert not proof.stands(allow_missing=False)
    assert proof.stands(allow_missing=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [lack.program for lack in (*runner.lacks(), *travis.lacks())] == ["bash", "bash"]


@pytest.mark.real
def test_a_vendor_without_files_is_not_proven_and_that_counts(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small")
    (root / ".travis.yml").unlink()
    part = kit.prove(root)
    assert part.columns[1].unproven == "it has no files"
    assert part.columns[1].help == "run `mlci generate`"
    assert not Proof("small", (part,)).stands(allow_missing=True)


@pytest.mark.real
def test_a_key_that_is_not_known_is_refused_with_its_line(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small")
    kit.edit(
        root,
        ".travis.yml",
        "      script: mlci exec lint",
        "      deploy: {provider: heroku}\n      script: mlci exec lint",
    )
    kit.edit(
        root,
        ".circleci/config.yml",
        "  train:\n    executor: default\n",
        "  train:\n    parallelism: 4\n    executor: default\n",
    )
    part = kit.prove(root)
    said = [column.unproven for column in part.columns]
    assert ".circleci/config.yml:" in said[0]
    assert "parallelism cannot be run here" in said[0]
    assert "a job with 'deploy' cannot be run here" in said[1]
    assert not Proof("small", (part,)).stands(allow_missing=True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("train --workflow main --job train-2", []),
        ("--workflow=main --job=train-2 train", []),
        ("-w main --allow-failure train", []),
        ("train --workflow main --force", ["--force"]),
        ("--workflow=main --store=x --force train", ["--store=x", "--force"]),
        ("--workflow=main train test", ["test"]),
    ],
)
def test_options_count_wherever_they_stand(words: str, found: list[str]) -> None:
    assert compared.options(("mlci", "exec", *words.split())) == found


LONG, LONGER = (f"{98765 + os.getpid() / 1e8 + more:.8f}" for more in (0, 1))
"""Seconds that nobody else on this machine sleeps."""
HANGING = f"""\
version: 1
name: small
vendors: [circleci, travis]
stages:
  hang: {{run: "setsid sleep {LONGER} & sleep {LONG}"}}
  after: {{run: "true"}}
workflows:
  main: {{on: {{push: true}}, stages: [hang, after]}}
"""


@pytest.mark.real
def test_a_hung_job_is_ended_with_all_it_started(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small", HANGING)
    begun = time.monotonic()
    part = kit.prove(root, timeout=4)
    assert time.monotonic() - begun < 60
    kit.alike(part, BOTH)
    for vendor in ("here", *BOTH):
        assert kit.statuses(part, vendor) == {"hang": "timed-out", "after": "unreached"}
    assert list(kit.processes(LONGER)) + list(kit.processes(LONG)) == []


@pytest.mark.real
def test_an_interrupt_ends_everything(tmp_path: Path, temporary: Path) -> None:
    root = kit.lay_out(tmp_path / "small", HANGING)
    process = kit.call(root, "-j", "3")
    deadline = time.monotonic() + 60
    while len(list(kit.processes(LONG))) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(list(kit.processes(LONG))) == 3
    os.kill(process.pid, signal.SIGINT)
    status, _, err = kit.done(process)
    assert status == 130, err
    assert list(kit.processes(LONGER)) + list(kit.processes(LONG)) == []
    assert list(temporary.iterdir()) == []


INSTALLED = f"""\
version: 1
name: small
vendors: [circleci, travis]
mlci: mlci=={mlci.__version__}
stages:
  only: {{run: python -c "import mlci"}}
workflows:
  main: {{on: {{push: true}}, stages: [only]}}
"""


@pytest.mark.real
def test_a_job_has_only_what_it_installs(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small", INSTALLED)
    kit.alike(kit.prove(root), BOTH)
    text = (root / ".travis.yml").read_text()
    start = text.index("install:")
    (root / ".travis.yml").write_text(text[:start] + "install: skip\n" + text[text.index("stages:") :])
    part = kit.prove(root)
    assert {each.vendor for each in part.differences} == {"travis"}
    assert any("mlci: command not found" in each for each in kit.told(part)), kit.told(part)


@pytest.mark.real
def test_what_the_environment_lacks_is_said(tmp_path: Path, temporary: Path) -> None:
    text = INSTALLED.replace("stages:", "requirements: requirements.txt\nstages:", 1)
    root = kit.lay_out(tmp_path / "small", text, {"requirements.txt": "no-such-package-of-anyone==1.0\n"})
    status, out, err = kit.done(kit.call(root, env={"PIP_NO_INDEX": "1"}))
    assert status == 1
    assert "mlci's environment lacks what jobs install" in err
    assert "no-such-package-of-anyone" in err
    assert "circleci: main / only: failed, and must be passed" in out


@pytest.mark.real
def test_a_proof_can_be_looked_at_where_it_ran(tmp_path: Path, temporary: Path) -> None:
    root = kit.lay_out(tmp_path / "small", INSTALLED)
    status, _, err = kit.done(kit.call(root, "--keep", "--vendor", "circleci"))
    assert status == 0
    (kept,) = temporary.iterdir()
    assert f"the jobs ran in {kept}" in err


def test_processes_are_known_by_their_mark() -> None:
    marked = subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], machine.MARK: "a/b/1"})
    other = subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], machine.MARK: "a/b/11"})
    try:
        assert machine.sweep("a/b/1") == 1
        assert marked.wait(10) == -signal.SIGTERM
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
