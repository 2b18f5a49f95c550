"""`mlci stage`: a library stage in a repository without mlci.yaml; and commands asked for by variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from mlci import registry
from mlci.calls import variables
from mlci.commands import from_environment
from mlci.errors import InputError

SCHEMA = "fields: {x: {dtype: float64, min: 0, max: 1}}\n"
COMMANDS = {command.id: command for command in registry.COMMANDS}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    np.savez(tmp_path / "good.npz", x=np.array([0.0, 1.0]))
    np.savez(tmp_path / "bad.npz", x=np.array([0.0, 2.0]))
    (tmp_path / "schema.yaml").write_text(SCHEMA)
    return tmp_path


def mlci(top: Path, *words: str, module: str = "mlci", **variables: str) -> tuple[int, str, str]:
    environ = {**os.environ, "NO_COLOR": "1", **variables}
    done = subprocess.run(
        [sys.executable, "-P", "-m", module, *words], cwd=top, env=environ, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


def test_a_stage_that_passes_leaves_its_reports(top: Path) -> None:
    lines = top / "lines"
    words = ["stage", "validate-data", "--set", "data=good.npz", "--set=schema=schema.yaml"]
    status, said, err = mlci(top, *words, "--outputs", str(lines))
    assert (status, err) == (0, ""), said
    told = dict(line.split("=", 1) for line in lines.read_text().splitlines())
    assert json.loads(told["metrics"]) == {"rows": 2.0, "fields": 1.0}
    assert told["status"] == "done"
    assert json.loads((top / told["record"]).read_text())["command"]["uses"] == "validate-data"
    assert ElementTree.parse(top / told["junit"]).getroot().get("failures") == "0"
    assert "validate" in (top / told["summary"]).read_text()
    outcome = json.loads((top / ".mlci/reports/validate-data/outcome.json").read_text())
    assert outcome["exit_status"] == 0 and outcome["metrics"]["rows"] == 2.0


def test_a_missed_check_fails_with_1(top: Path) -> None:
    given = {"MLCI_WITH": '{"data": "good.npz", "schema": "schema.yaml"}', "MLCI_WITH_DATA": "bad.npz"}
    status, said, _ = mlci(top, "stage", "validate-data", "--job", "second", **given)
    assert status == 1
    assert "x: max <= 1" in said
    outcome = json.loads((top / ".mlci/reports/second/outcome.json").read_text())
    assert (outcome["status"], outcome["exit_status"]) == ("failed", 1)
    assert [case["name"] for case in outcome["cases"] if not case["passed"]] == ["x: max <= 1"]


@pytest.mark.parametrize(
    ("stage", "given", "said"),
    [
        ("validate-dat", {}, "there is no library stage 'validate-dat'\nhelp: did you mean 'validate-data'?"),
        ("validate-data", {"DATA": "good.npz"}, "needs the parameter 'schema'"),
        ("validate-data", {"DATA": "../x", "SCHEMA": "schema.yaml"}, "a path inside the repository"),
        (
            "validate-data",
            {"DATA": "gone.npz", "SCHEMA": "schema.yaml"},
            "there is no 'gone.npz', the 'data'",
        ),
        ("validate-data", {"DATE": "x"}, "unknown parameter 'date'"),
        ("evaluate", {"GATES": "{a: ["}, "'gates' is no YAML"),
        ("evaluate", {"BATCH_SIZE": "many"}, "'batch_size' must be a whole number, not 'many'"),
        ("deploy", {"PACKAGE": "good.npz", "TARGET": "prod"}, "unknown target 'prod'"),
    ],
)
def test_wrong_input_is_said_without_a_traceback(
    top: Path, stage: str, given: dict[str, str], said: str
) -> None:
    variables = {f"MLCI_WITH_{name}": value for name, value in given.items()}
    status, _, err = mlci(top, "stage", stage, **variables)
    assert status == 2
    assert said in err
    assert "Traceback" not in err


def test_targets_are_given_or_those_of_mlci_yaml(top: Path) -> None:
    words = ["stage", "deploy", "--set=package=good.npz", "--set=target=production"]
    targets = '{production: {type: local, path: "${NOT_SET}/served"}}'
    status, _, err = mlci(top, *words, "--targets", targets)
    assert status == 2
    assert "target 'production' needs the variable NOT_SET, which is not set" in err
    (top / "mlci.yaml").write_text(
        "{version: 1, name: own, vendors: [github], stages: {a: {run: 'true'}},\n"
        "workflows: {a: {on: {push: true}, stages: [a]}}, targets: {production: {type: local, path: here}}}\n"
    )
    status, said, _ = mlci(top, *words)
    assert "good.npz" in said
    assert "unknown target" not in said


def test_exec_tells_what_its_job_came_to(top: Path) -> None:
    (top / "mlci.yaml").write_text(
        "{version: 1, name: own, vendors: [github], stages: {a: {run: 'echo 1 > b', outputs: [b]},\n"
        "c: {run: 'true', secrets: [NOT_SET]}}, workflows: {all: {on: {push: true}, stages: [a, c]}}}\n"
    )
    told = {}
    for stage, status in (("a", 0), ("c", 2)):
        assert mlci(top, "exec", stage, "--outputs", f"{stage}.txt")[0] == status
        told[stage] = dict(line.split("=", 1) for line in (top / f"{stage}.txt").read_text().splitlines())
    assert (told["a"]["status"], told["c"]["status"]) == ("done", "input")
    assert told["a"]["record"] == ".mlci/handoff/a/record.json"


def test_options_are_asked_for_by_variables(top: Path) -> None:
    variables = {"MLCI_ASK_STAGE": "validate-data", "MLCI_ASK_JOB": "checked"}
    variables |= {"MLCI_WITH_DATA": "good.npz", "MLCI_WITH_SCHEMA": "schema.yaml", "MLCI_ASK_TARGETS": ""}
    status, said, err = mlci(top, "stage", module="mlci.commands.from_environment", **variables)
    assert (status, err) == (0, ""), said
    assert (top / ".mlci/reports/checked/outcome.json").is_file()


def test_what_a_variable_holds_never_becomes_an_option() -> None:
    given = {"MLCI_ASK_PATH": "--fix\na b.yml\n", "MLCI_ASK_SELECT": "--strict\n", "MLCI_ASK_STRICT": "1"}
    assert variables.words(COMMANDS["lint"], given) == [
        "lint", "--select=--strict", "--strict", "--", "--fix", "a b.yml"
    ]  # fmt: skip
    with pytest.raises(InputError, match="MLCI_ASK_FIX must be true or false"):
        variables.words(COMMANDS["lint"], {"MLCI_ASK_FIX": "perhaps"})


def test_options_may_come_as_one_json_object() -> None:
    given = {"stage": "train", "force": True, "job": "train-1", "store": None}
    environ = {"MLCI_ASK": json.dumps(given), "MLCI_ASK_JOB": "train-2"}
    assert variables.words(COMMANDS["exec"], environ) == ["exec", "--job=train-2", "--force", "train"]
    given = {"target": "a", "path": ["x", "y z"]}
    with pytest.raises(InputError, match="MLCI_ASK holds no options of `mlci lint`: target"):
        variables.words(COMMANDS["lint"], {"MLCI_ASK": json.dumps(given)})
    for wrong in ("[1]", "{"):
        with pytest.raises(InputError, match="MLCI_ASK"):
            variables.words(COMMANDS["lint"], {"MLCI_ASK": wrong})


def test_a_default_is_as_good_as_nothing() -> None:
    given = {"MLCI_ASK_ROOT": ".", "MLCI_ASK_STAGE": "train", "MLCI_ASK_FORCE": "false"}
    assert variables.words(COMMANDS["exec"], given) == ["exec", "train"]
    assert variables.words(COMMANDS["exec"], {**given, "MLCI_ASK_ROOT": "ml"}) == [
        "exec",
        "--root=ml",
        "train",
    ]


def test_variables_that_nobody_else_can_set_reach_the_command(top: Path) -> None:
    given = {"EMPTY": "", "Case": "one", "CASE": "it's $HOME"}
    assert from_environment.more({"MLCI_ENV": json.dumps(given)}) == given
    assert from_environment.more({}) == {}
    for wrong in ("{", "[]", '{"A": 1}', '{"A=B": "c"}'):
        with pytest.raises(InputError, match="MLCI_ENV"):
            from_environment.more({"MLCI_ENV": wrong})
    program = top / "bin" / "mlci"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec /usr/bin/env -0\n")
    program.chmod(0o755)
    environ = {**os.environ, "PATH": str(program.parent), "MLCI_ASK_STAGE": "train"}
    environ["MLCI_ENV"] = json.dumps(given)
    words = [sys.executable, "-P", "-m", "mlci.commands.from_environment", "exec"]
    done = subprocess.run(words, cwd=top, env=environ, capture_output=True, text=True, check=True)
    seen = dict(each.split("=", 1) for each in done.stdout.split("\0")[:-1])
    assert {name: seen.get(name) for name in (*given, "MLCI_ENV")} == {**given, "MLCI_ENV": None}


def test_an_unknown_command_is_refused(top: Path) -> None:
    status, _, err = mlci(top, "nothing", module="mlci.commands.from_environment")
    assert status == 2
    assert err.startswith("usage: ")
