"""A stage in a process of its own: a call in JSON, a result that is whole, an exit that says who failed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from mlci.stages.child import CALL_SCHEMA

SCHEMA = "fields: {x: {dtype: float64, min: 0}}\n"


def prepare(root: Path, **changes: Any) -> Path:
    """Write a call and the files that it needs; return the call's path."""
    root.mkdir(exist_ok=True)
    np.savez(root / "data.npz", x=np.array([1.0, 2.0]))
    (root / "schema.yaml").write_text(SCHEMA)
    call = {
        "stage": "validate-data",
        "with": {"data": "data.npz", "schema": "schema.yaml"},
        "root": str(root),
        "targets": {},
        "context": {},
        "seed": 0,
        "result": str(root / "out" / "result.json"),
        **changes,
    }
    path = root / "call.json"
    path.write_text(json.dumps(call))
    return path


def run(path: Path) -> tuple[int, dict[str, Any], str]:
    """Run the child; return its exit status, its result and what it said on standard error."""
    command = [sys.executable, "-m", "mlci.stages.child"]
    environment = {**os.environ, "MLCI_STAGE_CALL": str(path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    result = Path(json.loads(path.read_text())["result"])
    return done.returncode, json.loads(result.read_text()), done.stderr


def test_the_call_follows_its_schema(tmp_path: Path) -> None:
    jsonschema.validate(json.loads(prepare(tmp_path).read_text()), CALL_SCHEMA)


def test_a_stage_that_passes(tmp_path: Path) -> None:
    status, result, err = run(prepare(tmp_path))
    assert (status, result["error"], err) == (0, None, "")
    assert result["metrics"] == {"rows": 2.0, "fields": 1.0}
    assert all(case["passed"] for case in result["cases"])
    assert "checks passed" in result["summary"]


def test_a_case_that_fails(tmp_path: Path) -> None:
    path = prepare(tmp_path)
    (tmp_path / "schema.yaml").write_text("fields: {x: {min: 1.5}}")
    status, result, _ = run(path)
    assert (status, result["error"]) == (1, None)
    assert [case["name"] for case in result["cases"] if not case["passed"]] == ["x: min >= 1.5"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stage": "valdate"}, "there is no library stage 'valdate'"),
        ({"with": {"data": "data.npz"}}, "stage 'validate-data' needs the parameter 'schema'"),
        (
            {"with": {"data": "../x", "schema": "s"}},
            "'data' must be a path inside the repository, not '../x'",
        ),
        ({"with": {"data": "absent.npz", "schema": "schema.yaml"}}, "there is no data file"),
    ],
)
def test_wrong_input(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    status, result, err = run(prepare(tmp_path, **changes))
    assert (status, result["error"]["kind"], err) == (2, "input", "")
    assert message in result["error"]["message"]


def test_a_finding_keeps_its_place(tmp_path: Path) -> None:
    path = prepare(tmp_path)
    (tmp_path / "schema.yaml").write_text("fields:\n  x: {mini: 1.5}\n")
    status, result, _ = run(path)
    assert status == 2
    assert result["error"]["message"].startswith("schema.yaml:2:7: error: unknown key 'mini'")
    assert "did you mean 'min'?" in result["error"]["message"]


def test_a_defect_is_told_from_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "theirs-1.dist-info").mkdir()
    (tmp_path / "theirs-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: theirs\nVersion: 1\n"
    )
    points = "[mlci.stages]\nbroken = theirs:broken\nslow = theirs:slow\nlossy = theirs:lossy\n"
    (tmp_path / "theirs-1.dist-info" / "entry_points.txt").write_text(points)
    (tmp_path / "theirs.py").write_text(
        "import time\nfrom mlci.stages.contract import Outcome, Work\n"
        "def broken(work: Work) -> Outcome:\n    raise KeyError('inside')\n"
        "def slow(work: Work) -> Outcome:\n    work.say('begun')\n    time.sleep(60)\n"
        "def lossy(work: Work) -> Outcome:\n    return Outcome({'loss': float('nan'), 'n': 1.0})\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for stage, status, kind in (("broken", 3, "defect"), ("slow", 130, "interrupted"), ("lossy", 0, None)):
        path = prepare(tmp_path / stage, stage=stage, **{"with": {}})
        process = subprocess.Popen(
            [sys.executable, "-m", "mlci.stages.child"],
            env={**environment, "MLCI_STAGE_CALL": str(path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell's background jobs ignore SIGINT, and so would what they start.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        if stage == "slow":
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        result = json.loads((tmp_path / stage / "out" / "result.json").read_text())
        assert process.returncode == status
        assert (result["error"] or {}).get("kind") == kind
        if stage == "broken":
            assert result["error"]["message"] == "KeyError: 'inside'"
            assert "Traceback" in err
        if stage == "lossy":
            assert result["metrics"] == {"n": 1.0}


def test_a_full_result_or_none(tmp_path: Path) -> None:
    path = prepare(tmp_path, result=str(tmp_path / "data.npz" / "result.json"))
    command = [sys.executable, "-m", "mlci.stages.child"]
    environment = {**os.environ, "MLCI_STAGE_CALL": str(path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot write" in done.stderr


@pytest.mark.parametrize("call", [None, "", "[]", "{", '{"stage": "x"}'])
def test_no_call_is_told(tmp_path: Path, call: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MLCI_STAGE_CALL"}
    if call is not None:
        (tmp_path / "call.json").write_text(call)
        environment["MLCI_STAGE_CALL"] = str(tmp_path / "call.json")
    command = [sys.executable, "-m", "mlci.stages.child"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
