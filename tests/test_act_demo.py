"""The digits pipeline's GitHub workflow, run by real act start to end, does what `mlci run` does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlci.parity import github

MISSING = [f"{lack.program}: {lack.help}" for lack in github.lacks()]
pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.real,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {'; '.join(MISSING)}"),
]
JOBS = ("build", "validate-data", "train", "train-check", "test", "package", "deploy", "smoke-test")


def call(words: list[str], folder: Path) -> None:
    environ = {**os.environ, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    done = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


def repository(folder: Path) -> None:
    """Scaffold the digits pipeline, render and commit it."""
    mlci = [sys.executable, "-m", "mlci"]
    call([*mlci, "init", str(folder), "--scaffold", "digits", "--yes"], folder.parent)
    call([*mlci, "generate"], folder)
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "--all"], [*who, "commit", "-q", "-m", "digits"]):
        call(["git", *words], folder)


def compared(record: dict[str, Any]) -> dict[str, str]:
    """Return what a record says of its inputs and outputs, in the certificate's words."""
    said = {f"input {path}": digest for path, digest in record["inputs"].items()}
    return said | {f"output {path}": digest for path, digest in record["outputs"].items()}


def test_each_job_under_act_makes_what_a_run_here_makes(tmp_path: Path) -> None:
    folder = tmp_path / "digits"
    repository(folder)
    mlci = [sys.executable, "-m", "mlci"]
    call([*mlci, "parity", "--vendor", "github", "-w", "build-deploy", "-o", str(tmp_path / "proof")], folder)
    certificate = json.loads((tmp_path / "proof" / "parity.json").read_text(encoding="utf-8"))
    (proof,) = certificate["proofs"]
    jobs = proof["vendors"]["github"]["jobs"]
    assert certificate["alike"] and proof["vendors"]["github"]["proven"]
    assert list(jobs) == [f"build-deploy/{name}" for name in JOBS]
    call([*mlci, "run", "--yes"], folder)
    for name in JOBS:
        record = json.loads((folder / ".mlci" / "handoff" / name / "record.json").read_text(encoding="utf-8"))
        values = jobs[f"build-deploy/{name}"]["values"]
        assert {key: values[key] for key in compared(record)} == compared(record), name
