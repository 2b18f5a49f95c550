"""What `with:` and targets may hold follows from signatures; each mistake is told at its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlci import deploy
from mlci.errors import InputError
from mlci.language.arguments import bind, validate_with
from mlci.language.catalogue import STAGES, TARGETS
from mlci.stages.gates import check_gates, parse_gate, parse_gates

EVALUATE = {"model": "model", "data": "data/test.npz"}


def said(stage_id: str, given: dict[str, Any]) -> list[tuple[tuple[Any, ...], str]]:
    """The problems of a call, without their help."""
    stage = STAGES.find(stage_id)
    assert stage is not None
    return [(problem.path, problem.message) for problem in validate_with(stage, given)]


def test_every_stage_documents_every_parameter() -> None:
    for stage in STAGES:
        assert stage.summary.endswith("."), stage.id
        assert stage.parameters, stage.id
        for parameter in stage.parameters:
            assert parameter.doc, f"{stage.id}: {parameter.name}"


def test_every_target_documents_every_key() -> None:
    for kind in TARGETS:
        assert kind.summary, kind.id
        assert all(parameter.doc for parameter in kind.parameters), kind.id


def test_roles_follow_from_annotations() -> None:
    stage = STAGES.find("evaluate")
    assert stage is not None
    roles = {parameter.name: parameter.role for parameter in stage.parameters}
    assert roles["model"] == roles["data"] == "input"
    assert roles["metrics"] == "metrics"
    assert roles["predictions"] == roles["blessing"] == "output"
    assert roles["gates"] == "param"


def test_a_right_call_has_no_problem() -> None:
    assert said("evaluate", {**EVALUATE, "gates": {"accuracy": ">= 0.8"}, "batch_size": 32}) == []
    assert said("package", {"model": "model", "version": 7}) == []
    assert said("package", {"model": "model", "version": "commit"}) == []


@pytest.mark.parametrize(
    ("name", "value", "expected", "found"),
    [
        ("batch_size", "many", "a whole number", "'many'"),
        ("batch_size", True, "a whole number", "true"),
        ("batch_size", 1.5, "a whole number", "the number 1.5"),
        ("batch_size", None, "a whole number", "nothing"),
        ("gates", [1], "a mapping", "a list"),
        ("model", "../model", "a path inside the repository", "'../model'"),
        ("model", "/model", "a path inside the repository", "'/model'"),
        ("model", 7, "a path", "the number 7"),
        ("x", 3, "text", "the number 3"),
    ],
)
def test_mistyped_values_are_told(name: str, value: Any, expected: str, found: str) -> None:
    message = f"'{name}' must be {expected}, not {found}"
    assert said("evaluate", {**EVALUATE, name: value}) == [((name,), message)]


def test_other_mistakes_are_told_at_their_place() -> None:
    assert said("evaluate", {"data": "d"}) == [((), "stage 'evaluate' needs the parameter 'model'")]
    unknown = "unknown parameter 'gate' of stage 'evaluate'"
    assert said("evaluate", {**EVALUATE, "gate": {}}) == [(("gate",), unknown)]
    nested = "'gates.accuracy' must be text, not the number 0.8"
    assert said("evaluate", {**EVALUATE, "gates": {"accuracy": 0.8}}) == [(("gates", "accuracy"), nested)]
    choice = "'version' must be one of commit, time, not 'comit'"
    assert said("package", {"model": "m", "version": "comit"}) == [(("version",), choice)]


def test_null_stands_for_a_default_that_is_nothing() -> None:
    assert said("evaluate", {**EVALUATE, "gates": None, "metrics": None}) == []


def test_the_nearest_name_is_suggested() -> None:
    stage = STAGES.find("evaluate")
    assert stage is not None
    (problem,) = validate_with(stage, {**EVALUATE, "gate": {}})
    assert problem.help == "did you mean 'gates'?"


def test_checking_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom mlci import deploy\nfrom mlci.language.arguments import validate_with\n"
        "from mlci.language.catalogue import STAGES, TARGETS\n"
        "for stage in STAGES: validate_with(stage, {})\n"
        "for kind in TARGETS: deploy.validate_target({'type': kind.id})\n"
        "heavy = {'tensorflow', 'keras', 'numpy', 'asyncssh', 'starlette', 'uvicorn', 'h5py', 'ruamel'}\n"
        "found = heavy & set(sys.modules)\nassert not found, found\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_paths_are_bound_below_the_root(tmp_path: Path) -> None:
    stage = STAGES.find("package")
    assert stage is not None
    bound = bind(stage.parameters, {"model": "model"}, "stage 'package'", tmp_path)
    assert bound["model"] == tmp_path / "model"
    assert bound["dist"] == tmp_path / "dist"


def test_a_link_out_of_the_workspace_is_refused(tmp_path: Path) -> None:
    stage = STAGES.find("package")
    assert stage is not None
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "model").symlink_to(tmp_path)
    with pytest.raises(InputError, match="leads outside the workspace"):
        bind(stage.parameters, {"model": "model"}, "stage 'package'", tmp_path / "root")


def test_targets_are_checked_like_stages() -> None:
    assert deploy.validate_target({"type": "local", "path": "out", "keep": 3}) == []
    (problem,) = deploy.validate_target({"type": "sssh"})
    assert problem[:3] == (("type",), "unknown target type 'sssh'", "did you mean 'ssh'?")
    found = deploy.validate_target({"type": "ssh", "host": "h", "path": "p"})
    assert [problem.message for problem in found] == ["target type 'ssh' needs the parameter 'known_hosts'"]


@pytest.mark.parametrize(
    ("text", "comparison", "bound"),
    [
        (">= 0.80", ">=", 0.8),
        ("<0.5", "<", 0.5),
        (" == 1 ", "==", 1),
        (">= 80%", ">=", 0.8),
        ("> -1e-3", ">", -0.001),
    ],
)
def test_gates_are_read(text: str, comparison: str, bound: float) -> None:
    gate = parse_gate("accuracy", text)
    assert (gate.comparison, gate.bound) == (comparison, pytest.approx(bound))


@pytest.mark.parametrize(
    "text",
    ["", "0.8", "=> 0.8", ">= x", ">= 0.8 and more", ">= nan", ">= 1e999", "≥ 0.8", ">= 0,8", "__import__"],
)
def test_gates_that_cannot_be_read_are_told(text: str) -> None:
    with pytest.raises(InputError, match="accuracy"):
        parse_gate("accuracy", text)


def test_gates_hold_or_not() -> None:
    gates = parse_gates({"accuracy": ">= 0.8", "loss": "< 0.5"})
    cases = check_gates(gates, {"accuracy": 0.8, "loss": float("nan")})
    assert [case.passed for case in cases] == [True, False]
    assert cases[1].message == "expected loss < 0.5, found nan"
    with pytest.raises(InputError, match="no metric 'acc'"):
        check_gates(parse_gates({"acc": "> 0"}), {"accuracy": 1.0})


def test_third_parties_register_stages_and_targets(tmp_path: Path) -> None:
    package = tmp_path / "theirs-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1\n")
    (package / "entry_points.txt").write_text(
        "[mlci.stages]\ntheir-stage = theirs:stage\n[mlci.targets]\ntheirs = theirs:Theirs\n"
    )
    (tmp_path / "theirs.py").write_text(
        "from mlci.stages.contract import Outcome, Work\n"
        "def stage(work: Work, *, level: int = 1) -> Outcome:\n    '''Do it.'''\n    return Outcome()\n"
        "class Theirs:\n    '''A place.'''\n    def __init__(self, site, *, bucket: str) -> None: ...\n"
    )
    program = (
        "from mlci.language.catalogue import STAGES, TARGETS\n"
        "assert [p.name for p in STAGES.find('their-stage').parameters] == ['level']\n"
        "assert [p.name for p in TARGETS.find('theirs').parameters] == ['bucket']\n"
        "assert STAGES.find('nobodys') is None and TARGETS.find('nobodys') is None\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": str(tmp_path)})
