"""The key: it changes with all that determines a result, with nothing else, and says what it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from engine_kit import environ, plan, repository, text_of

from mlci.engine import interpreter as interpreters
from mlci.engine.interpreter import Interpreter, find_python, inspect, search_path
from mlci.engine.key import explain, ingredients, key_of
from mlci.engine.requirements import declared
from mlci.engine.workspace import Workspace
from mlci.language.model import Requirements

STAGE = """
train:
  run: python train.py
  inputs: [data/]
  outputs: [model/]
  params: {epochs: 5, note: short}
  env: {LEVEL: low}
"""
FILES = {"data/a": "a"}


def made(root: Path, text: str, files: dict[str, str] | None = None, **env: str):
    """Return all that determines the first job's result."""
    pipeline = repository(root, text, FILES | (files or {}))
    return ingredients(pipeline, plan(pipeline).jobs[0].instances()[0], Workspace(root, environ(**env)))


BASE = text_of(STAGE, "[train]")
CHANGES = {
    "command": (BASE.replace("train.py", "train.py -v"), {}, ("the command changed",)),
    "param": (BASE.replace("epochs: 5", "epochs: 10"), {}, ("params.epochs changed 5 → 10",)),
    "kind of param": (BASE.replace("epochs: 5", 'epochs: "5"'), {}, ("params.epochs changed 5 → 5",)),
    "long param": (
        BASE.replace("note: short", f"note: {'x' * 100}"),
        {},
        (f"params.note changed short → {'x' * 59}…",),
    ),
    "new param": (BASE.replace("epochs: 5", "epochs: 5, rate: 0.1"), {}, ("params.rate is new: 0.1",)),
    "dropped param": (BASE.replace("epochs: 5, ", ""), {}, ("params.epochs was dropped",)),
    "env": (BASE.replace("LEVEL: low", "LEVEL: high"), {}, ("env.LEVEL changed low → high",)),
    "env of all": (text_of(STAGE, "[train]", top="env: {ALL: x}"), {}, ("env.ALL is new: x",)),
    "seed": (text_of(STAGE, "[train]", top="seed: 1"), {}, ("the seed changed 0 → 1",)),
    "python": (
        text_of(STAGE, "[train]", top='python: "3.12"'),
        {},
        ("the Python version asked for changed 3.11 → 3.12",),
    ),
    "input": (BASE, {"data/a": "b"}, ("input data changed",)),
    "new file in input": (BASE, {"data/b": "b"}, ("input data changed",)),
    "new input": (BASE.replace("[data/]", "[data/, more]"), {"more": ""}, ("input more is new",)),
    "outputs": (BASE.replace("[model/]", "[model/, log]"), {}, ("the list of outputs changed",)),
    "folder": (
        BASE.replace("  env:", "  working_directory: ml\n    env:"),
        {},
        ("the working directory changed . → ml",),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_determines_the_result_is_in_the_key_and_is_named(tmp_path, name):
    text, files, reasons = CHANGES[name]
    before = made(tmp_path / "one", BASE)
    after = made(tmp_path / "two", text, files)
    assert key_of(before) != key_of(after)
    assert explain(before, after) == reasons


SAME = {
    "description": (BASE + "# a comment\n", {}, {}),
    "timeout and retries": (BASE.replace("  env:", "  timeout: 5m\n    retries: 2\n    env:"), {}, {}),
    "runner": (BASE.replace("  env:", "  runner: {gpu: 1}\n    env:"), {}, {}),
    "another variable": (BASE, {}, {"UNDECLARED": "x"}),
    "a file beside": (BASE, {"README.md": "x"}, {}),
    "what tools leave": (BASE, {"data/__pycache__/x.pyc": "x"}, {}),
    "its slash": (BASE.replace("[data/]", "[data]"), {}, {}),
}


@pytest.mark.parametrize("name", SAME)
def test_what_does_not_determine_the_result_is_not(tmp_path, name):
    text, files, env = SAME[name]
    assert key_of(made(tmp_path / "one", BASE)) == key_of(made(tmp_path / "two", text, files, **env))


def test_two_matrix_instances_have_keys_of_their_own(tmp_path):
    stages = "fit: {run: x, outputs: ['{rate}'], matrix: {rate: [1, 2]}}"
    pipeline = repository(tmp_path, text_of(stages, "[fit]"))
    one, two = plan(pipeline).jobs[0].instances()
    workspace = Workspace(tmp_path, environ())
    assert key_of(ingredients(pipeline, one, workspace)) != key_of(ingredients(pipeline, two, workspace))


def test_a_secret_is_no_part_of_the_key(tmp_path):
    text = BASE.replace("  env:", "  secrets: [TOKEN]\n    env:")
    found = made(tmp_path, text, TOKEN="hush-hush")
    assert "hush-hush" not in str(found)


def test_the_code_of_a_library_stage_is_in_the_key(tmp_path, monkeypatch):
    text = text_of("check: {uses: validate-data, with: {data: data, schema: s.yaml}}", "[check]")
    from mlci.engine import code

    package = tmp_path / "elsewhere/mlci"
    for name in code.OWN:
        shutil.copytree(code.PACKAGE / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "PACKAGE", package)
    module = package / "stages/validate_data.py"
    before = made(tmp_path, text, {"s.yaml": "x"})
    module.write_text(module.read_text() + "\n# changed\n")
    assert explain(before, made(tmp_path, text)) == ("the library stage's code changed",)


# The interpreter and its packages.


@pytest.fixture(scope="module")
def venv(tmp_path_factory) -> Path:
    """A virtual environment without anything in it."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


def install(venv: Path, name: str, version: str, requires: tuple[str, ...] = ()) -> None:
    """Install a package that is nothing but its metadata."""
    site = next((venv / "lib").glob("python*/site-packages"))
    for old in site.glob(f"{name}-*.dist-info"):
        shutil.rmtree(old)
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    lines = [
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}",
        *(f"Requires-Dist: {r}" for r in requires),
    ]
    (info / "METADATA").write_text("\n".join(lines) + "\n")


def test_an_upgraded_package_changes_the_key_and_is_named(tmp_path, venv):
    install(venv, "Some_Pkg", "1.0")
    env = {"PATH": f"{venv}/bin", "VIRTUAL_ENV": str(venv)}
    before = made(tmp_path, BASE, **env)
    install(venv, "Some_Pkg", "1.1")
    assert explain(before, made(tmp_path, BASE, **env)) == ("the package some-pkg changed 1.0 → 1.1",)


def test_the_interpreter_is_asked_again_only_after_a_change(tmp_path, venv, monkeypatch):
    install(venv, "alpha", "1")
    memory = tmp_path / "interpreters.json"
    python = find_python(f"{venv}/bin")
    assert python is not None
    monkeypatch.setattr(interpreters, "FRESH", 0)
    first = inspect(python, memory, tmp_path)
    assert first.packages["alpha"] == ("1", [])
    calls: list[str] = []
    original = interpreters.ask
    monkeypatch.setattr(
        interpreters, "ask", lambda python, root: calls.append(python) or original(python, root)
    )
    assert inspect(python, memory, tmp_path) == first
    assert calls == []
    install(venv, "beta", "2")
    assert "beta" in inspect(python, memory, tmp_path).packages
    assert calls == [python]


def test_a_change_within_the_clocks_grain_is_not_believed(tmp_path, venv):
    memory = tmp_path / "interpreters.json"
    python = find_python(f"{venv}/bin")
    for number in range(5):
        install(venv, "gamma", str(number))
        assert inspect(python, memory, tmp_path).packages["gamma"][0] == str(number)


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"x": 1}', '{"PY": {"said": {}, "state": [1]}}'])
def test_a_damaged_memory_is_replaced(tmp_path, venv, damage):
    memory = tmp_path / "interpreters.json"
    python = find_python(f"{venv}/bin")
    memory.write_text(damage.replace("PY", str(python)))
    assert inspect(python, memory, tmp_path).version.startswith("cpython-3")


def test_a_python_that_does_not_run_is_said(tmp_path):
    from mlci.errors import EnvironmentLacks

    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(EnvironmentLacks, match=f"the Python at {broken} does not run"):
        inspect(str(broken), tmp_path / "memory.json", tmp_path)


def test_without_any_python_a_pipeline_of_other_languages_runs(tmp_path):
    assert find_python(str(tmp_path)) is None
    assert inspect(None, tmp_path / "memory.json", tmp_path) == Interpreter()


def test_an_active_environment_comes_before_mlcis_own():
    own = str(Path(sys.executable).parent)
    assert search_path({"PATH": "/bin", "VIRTUAL_ENV": "/x"}) == "/bin"
    assert search_path({"PATH": f"/bin:{own}"}) == f"/bin:{own}"
    expected = f"{own}:/bin" if sys.prefix != sys.base_prefix else "/bin"
    assert search_path({"PATH": "/bin"}) == expected


def test_declared_requirements_bound_what_counts(tmp_path, venv):
    install(venv, "wanted", "1", ("inner>=1 ; python_version > '3'", "test-tool ; extra == 'test'"))
    install(venv, "inner", "2")
    install(venv, "test_tool", "3")
    install(venv, "unrelated", "4")
    env = {"PATH": f"{venv}/bin", "VIRTUAL_ENV": str(venv)}
    text = text_of(STAGE, "[train]", top="requirements: requirements.txt")
    found = made(tmp_path, text, {"requirements.txt": "wanted==1  # pinned\n"}, **env)
    packages = {name: value for name, value in found.items() if name.startswith("package.")}
    assert packages == {"package.wanted": "1", "package.inner": "2"}
    found = made(tmp_path, text, {"requirements.txt": "Wanted[test]"}, **env)
    assert found["package.test-tool"] == "3"
    assert "package.unrelated" not in found


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("numpy\n# comment\npandas >= 2 ; python_version > '3'\n", [("numpy", ""), ("pandas", "")]),
        ("Some.Thing[a,B_c]==1\n", [("some-thing", "a,b-c")]),
        ("-r more.txt\nb\n", [("a", ""), ("b", "")]),
        ("--index-url https://x\n--hash=sha256:0\nnumpy \\\n  --hash=sha256:0\n", [("numpy", "")]),
        ("x @ https://example.org/x.whl", [("x", "")]),
        ("https://example.org/x.whl", None),
        ("./local", None),
        ("-e .", None),
        ("-r missing.txt", None),
        ("-r requirements.txt", None),
    ],
)
def test_requirements_are_read_as_far_as_they_name_packages(tmp_path, content, expected):
    (tmp_path / "requirements.txt").write_text(content)
    (tmp_path / "more.txt").write_text("a\n")
    found = declared(Requirements(file="requirements.txt"), tmp_path)
    assert found == (None if expected is None else tuple(expected))


def test_a_lock_file_names_its_packages(tmp_path):
    (tmp_path / "uv.lock").write_text('version = 1\n[[package]]\nname = "numpy"\nversion = "2"\n')
    assert declared(Requirements(lock="uv.lock"), tmp_path) == (("numpy", ""),)
    (tmp_path / "uv.lock").write_text("= broken")
    assert declared(Requirements(lock="uv.lock"), tmp_path) is None
