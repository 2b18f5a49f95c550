"""The Jenkins library: real Groovy compiles and runs it, and the how-to's Jenkinsfile with it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import actions_kit as kit
import pytest
import workflow_tools as tools

from mlci.derive import shared_library
from mlci.planning.plan import UV
from mlci.rendering.render import groovy
from mlci.vendors.jenkins.runner import groovy as engine

LIBRARY = kit.ROOT / "jenkins"
PAGE = kit.ROOT / "docs" / "how-to" / "use-the-jenkins-library.md"
CELLS = """\
version: 1
name: own
vendors: [jenkins]
stages:
  fan: {run: 'echo 1 > "$MLCI_PARAM_WORD.txt"', matrix: {word: [a-b, c]}, outputs: ["{word}.txt"]}
workflows:
  nightly: {on: {schedule: "0 0 * * *"}, stages: [fan]}
"""
LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "iniconfig"
version = "{version}"
source = {{ registry = "https://pypi.org/simple" }}
wheels = [{{ url = "https://example.org/iniconfig-{version}-py3-none-any.whl", hash = "sha256:{digest}" }}]

[[package]]
name = "own"
version = "0"
source = {{ virtual = "." }}
dependencies = [{{ name = "iniconfig" }}]

[package.metadata]
requires-dist = [{{ name = "iniconfig" }}]
"""
PROJECT = """\
[project]
name = "own"
version = "0"
requires-python = ">=3.11"
dependencies = ["iniconfig"]
"""
real = [
    pytest.mark.real,
    pytest.mark.skipif(bool(engine.missing()), reason=f"needs Groovy: {engine.HELP}"),
]


def test_each_step_has_its_page() -> None:
    steps = {path.stem for path in (LIBRARY / "vars").glob("*.groovy")}
    assert steps == {path.stem for path in (LIBRARY / "vars").glob("*.txt")} == {"mlciSetup", "mlciStage"}
    assert {f"{shared_library.FOLDER}/{name}" for name in shared_library.FILES} == set(shared_library.files())


@pytest.mark.real
def test_the_scripts_are_sound() -> None:
    for script in sorted((LIBRARY / "resources" / "mlci").glob("*.sh")):
        assert tools.said([tools.program("shellcheck"), script], LIBRARY) == ""
        assert script.read_text().startswith("#!/bin/sh\n"), "a container may have no other shell"


def shown() -> str:
    """Return the Jenkinsfile that the how-to shows."""
    found = re.search(r"```groovy\n(@Library.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert found is not None
    return found[1]


class Done(NamedTuple):
    """What became of a build."""

    result: str
    error: str
    trace: Sequence[Mapping[str, Any]]
    log: str

    def steps(self, name: str) -> list[dict[str, Any]]:
        """Return the arguments of the steps of one name."""
        return [each["arguments"] for each in self.trace if each.get("step") == name]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit.wheel(tmp_path_factory.mktemp("mlci"))


@pytest.fixture(scope="module")
def uv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the uv that jobs install."""
    folder = tmp_path_factory.mktemp("uv")
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, f"uv=={UV}"]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"needs uv {UV}: an index from which pip can have it")
    return folder


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository; in the workspace of its builds `mlciSetup` finds an environment with all but mlci."""
    folder = tmp_path / "source"
    kit.write_small_data(folder)
    (tmp_path / "workspace" / ".mlci").mkdir(parents=True)
    kit.python(tmp_path / "workspace" / ".mlci" / "venv")
    return folder


def run(top: Path, text: str, mlci: Path, **variables: str) -> Done:
    """Run a Jenkinsfile in a workspace; mlci is installed from its wheel, without an index."""
    kit.commit(top, ())
    build = {
        "text": text.replace("mlciSetup(install", f"mlciSetup(mlci: '{mlci}', install"),
        "mode": "run",
        "library": str(LIBRARY),
        "root": str(top.parent),
        "source": str(top),
        "machine": {
            **engine.environment(),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PIP_NO_INDEX": "1",
            "PIP_NO_COMPILE": "0",
            **variables,
        },
    }
    (found,) = engine.run([build])
    log = top.parent / "log"
    failed = next((each["message"] for each in found.trace if each["event"] == "failed"), "")
    said = log.read_text() if log.exists() else ""
    return Done(found.result, found.error or failed, found.trace, said)


def pipeline(steps: str, agent: str = "any") -> str:
    return f"pipeline {{ agent {agent}\nstages {{ stage('a') {{ steps {{ {steps} }} }} }} }}"


class TestRun:
    pytestmark = real

    def test_the_how_to_serves_a_repository_with_scripts_of_its_own(self, top: Path, wheel: Path) -> None:
        found = run(top, shown(), wheel)
        assert found.result == "SUCCESS", f"{found.error}\n{found.log}"
        assert "'validate-data' done" in found.log
        assert "'train-check' done" in found.log
        kept = found.steps("stash")
        assert [each["name"] for each in kept] == ["mlci-validate-data", "mlci-train-check"]
        assert ".mlci/handoff/validate-data/record.json" in kept[0]["files"]
        for each in (*found.steps("junit"), *found.steps("archiveArtifacts")):
            for path in each.get("testResults", each.get("artifacts")).split(", "):
                assert (top.parent / "workspace" / path).is_file(), path

    def test_a_missed_check_fails_the_build_and_keeps_its_record(self, top: Path, wheel: Path) -> None:
        (top / "data-schema.yaml").write_text(kit.SCHEMA.replace("max: 1", "max: 0.5"))
        found = run(top, shown(), wheel)
        assert (found.result, found.error) == ("FAILURE", "script returned exit code 1")
        (kept,) = found.steps("stash")
        assert ".mlci/handoff/validate-data/record.json" in kept["files"]

    def test_a_miss_that_is_allowed_leaves_the_build_good(self, top: Path, wheel: Path) -> None:
        (top / "data-schema.yaml").write_text(kit.SCHEMA.replace("max: 1", "max: 0.5"))
        with_ = "with: [data: 'data/train.npz', schema: 'data-schema.yaml']"
        text = pipeline(
            f"mlciSetup(install: '') {{ mlciStage(uses: 'validate-data', {with_}, allow_failure: true) }}"
        )
        found = run(top, text, wheel)
        assert found.result == "SUCCESS", f"{found.error}\n{found.log}"
        assert [each["result"] for each in found.trace if each["event"] == "end"] == ["UNSTABLE"]
        assert found.steps("caught") == [{"message": "script returned exit code 1"}]

    def test_a_stage_of_a_pipeline_fetches_what_was_before_it(self, top: Path, wheel: Path) -> None:
        kit.write_pipeline(top)
        first = "mlciStage(uses: 'validate-data', with: [data: 'data/train.npz', schema: 'data-schema.yaml'])"
        second = (
            "mlciStage(stage: 'prepare', workflow: 'nightly', force: true, collects: ['validate-data'], "
            "artifacts: ['prepared'], stash: false)"
        )
        found = run(top, pipeline(f"mlciSetup(install: '') {{ {first}\n{second} }}"), wheel)
        assert found.result == "SUCCESS", f"{found.error}\n{found.log}"
        assert (top.parent / "workspace" / "prepared").read_text() == "1\n"
        assert found.steps("unstash") == [{"name": "mlci-validate-data"}]
        assert [each["name"] for each in found.steps("stash")] == ["mlci-validate-data"]
        assert found.steps("archiveArtifacts")[-1]["artifacts"].endswith("summary.md, prepared")

    def test_a_cell_of_a_matrix_has_folders_and_a_stash_of_its_own(self, top: Path, wheel: Path) -> None:
        (top / "mlci.yaml").write_text(CELLS)
        call = "mlciStage(stage: 'fan', workflow: 'nightly', matrix: ['MLCI_PARAM_WORD'])"
        variables = """environment { MLCI_PARAM_WORD = 'a-b'; MLCI_MATRIX = '{"word": "a-b"}' }"""
        text = pipeline(f"mlciSetup(install: '') {{ {call} }}").replace("stages", f"{variables}\nstages", 1)
        found = run(top, text, wheel)
        assert found.result == "SUCCESS", f"{found.error}\n{found.log}"
        (kept,) = found.steps("stash")
        assert kept["name"] == "mlci-fan-a_b"
        assert ".mlci/handoff/fan-a_b/record.json" in kept["files"]

    def test_a_container_gets_no_path_and_needs_none(self, top: Path, wheel: Path) -> None:
        (top / "mlci.yaml").write_text(kit.PIPELINE.replace("echo 1 >", "command -v python >"))
        call = "mlciStage(stage: 'prepare', workflow: 'nightly', env: [EMPTY: '', Case: 'one', CASE: 'two'])"
        seen = "sh 'echo \"$PATH\" > seen'"
        text = pipeline(f"mlciSetup(install: '') {{ {seen}\n{call} }}", "{ docker 'python:3.11' }")
        found = run(top, text, wheel)
        assert found.result == "SUCCESS", f"{found.error}\n{found.log}"
        workspace = top.parent / "workspace"
        assert (workspace / "prepared").read_text() == f"{workspace}/.mlci/venv/bin/python\n"
        assert ".mlci/venv" not in (workspace / "seen").read_text()

    def test_what_a_lock_pins_is_installed(self, top: Path, wheel: Path, uv: Path) -> None:
        kit.write_pipeline(top)
        version = metadata.version("iniconfig")
        (top / "ml").mkdir()
        (top / "ml" / "uv.lock").write_text(LOCK.format(version=version, digest="0" * 64))
        (top / "ml" / "pyproject.toml").write_text(PROJECT)
        text = pipeline(
            f"mlciSetup(mlci: '{wheel}', lock: 'ml/uv.lock') {{ "
            "mlciStage(stage: 'prepare', workflow: 'nightly') }"
        )
        found = run(top, text, wheel, PIP_FIND_LINKS=str(uv))
        assert found.result == "SUCCESS", f"{found.error}\n{found.log}"
        assert f"Successfully installed uv-{UV}" in found.log
        assert f"Requirement already satisfied: iniconfig=={version}" in found.log
        assert (top.parent / "workspace" / "prepared").read_text() == "1\n"

    def test_an_environment_of_another_python_is_made_anew(self, top: Path, wheel: Path) -> None:
        environment = top.parent / "workspace" / ".mlci" / "venv"
        settings = environment / "pyvenv.cfg"
        settings.write_text(re.sub(r"version = .*", "version = 3.2.1", settings.read_text()))
        (environment / "left").write_text("")
        found = run(top, pipeline("mlciSetup(mlci: '') { }"), wheel)
        assert found.result == "FAILURE", "it has no mlci any more"
        assert "No module named mlci" in found.log
        assert not (environment / "left").exists()

    @pytest.mark.parametrize(
        ("call", "error"),
        [
            ("mlciStage(uses: 'a', stage: 'b')", "needs exactly one of stage"),
            ("mlciStage(uses: 'a', workflow: 'b')", "not workflow"),
            ("mlciStage(stage: 'a', with: [:])", "not with"),
            ("mlciSetup(packages: 'b') { }", "mlciSetup takes mlci, install, lock and python, not packages"),
        ],
    )
    def test_wrong_keys_are_refused(self, top: Path, wheel: Path, call: str, error: str) -> None:
        found = run(top, pipeline(call), wheel)
        assert found.result == "FAILURE"
        assert error in found.error

    def test_nothing_a_person_wrote_is_expanded_or_pasted(self, top: Path, wheel: Path) -> None:
        odd = "it's \\ $HOME ${HOME} $$ `id` \u00fc"
        with_ = f"[data: {groovy(odd)}, schema: 'data-schema.yaml']"
        steps = f"mlciSetup(install: '') {{ mlciStage(uses: 'validate-data', with: {with_}) }}"
        found = run(top, pipeline(steps), wheel)
        told = [each["variables"].get("MLCI_WITH") for each in found.trace if each.get("step") == "sh"]
        (given,) = [json.loads(each) for each in told if each]
        assert given["data"] == odd
        assert f"'data' must be a path inside the repository, not '{odd}'" in found.log
