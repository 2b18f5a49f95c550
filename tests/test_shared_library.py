"""The Jenkins library: real Groovy compiles and runs it, and the how-to's Jenkinsfile with it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import actions_kit as kit
import pytest
import workflow_tools as tools

from mlci.derive import shared_library
from mlci.parity.jenkins import groovy as engine
from mlci.render import groovy

LIBRARY = kit.ROOT / "jenkins"
DRIVER = Path(__file__).with_name("shared_library.groovy")
PAGE = kit.ROOT / "docs" / "how-to" / "use-the-jenkins-library.md"
real = [
    pytest.mark.real,
    pytest.mark.skipif(bool(engine.missing()), reason=f"needs Groovy: {engine.HELP}"),
]


def test_each_step_has_its_page() -> None:
    steps = {path.stem for path in (LIBRARY / "vars").glob("*.groovy")}
    assert steps == {path.stem for path in (LIBRARY / "vars").glob("*.txt")} == {"mlciSetup", "mlciStage"}
    assert {f"{shared_library.FOLDER}/{name}" for name in shared_library.FILES} == set(shared_library.files())


def test_the_script_is_sound() -> None:
    script = LIBRARY / "resources" / "mlci" / "install.sh"
    assert tools.said([tools.program("shellcheck"), script], LIBRARY) == ""


def shown() -> str:
    """Return the Jenkinsfile that the how-to shows."""
    found = re.search(r"```groovy\n(@Library.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit.checkout(tmp_path_factory.mktemp("mlci"))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A workspace, beside which `mlciSetup` finds an environment with all but mlci."""
    folder = tmp_path / "work"
    folder.mkdir()
    kit.write_small_data(folder)
    (tmp_path / "work@tmp").mkdir()
    kit.python(tmp_path / "work@tmp" / "mlci")
    return folder


def run(top: Path, text: str, mlci: Path) -> dict[str, Any]:
    """Run a Jenkinsfile in a workspace; mlci is installed from a checkout, without an index."""
    text = text.replace("mlciSetup(install", f"mlciSetup(mlci: '{mlci}', install")
    (top / "Jenkinsfile").write_text(text)
    words = ["groovy", DRIVER, LIBRARY, top / "Jenkinsfile", top, top / "trace.json"]
    environ = {**engine.environment(), "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    done = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads((top / "trace.json").read_text())
    return found


def pipeline(steps: str) -> str:
    return f"pipeline {{ stages {{ stage('a') {{ steps {{ {steps} }} }} }} }}"


def said(found: dict[str, Any]) -> str:
    return "\n".join(step["said"] for step in found["trace"] if "said" in step)


class TestRun:
    pytestmark = real

    def test_the_how_to_serves_a_repository_with_scripts_of_its_own(self, top: Path, checkout: Path) -> None:
        found = run(top, shown(), checkout)
        assert found["result"] == "SUCCESS", f"{found['error']}\n{said(found)}"
        assert "'validate-data' done" in said(found)
        assert "'train-check' done" in said(found)
        kept = [step for step in found["trace"] if "stash" in step]
        assert [step["stash"] for step in kept] == ["mlci-validate-data", "mlci-train-check"]
        assert ".mlci/handoff/validate-data/record.json" in kept[0]["files"]
        assert all(step["there"] for step in found["trace"] if "junit" in step)

    def test_a_missed_check_fails_the_build_and_keeps_its_record(self, top: Path, checkout: Path) -> None:
        (top / "data-schema.yaml").write_text(kit.SCHEMA.replace("max: 1", "max: 0.5"))
        found = run(top, shown(), checkout)
        assert (found["result"], found["error"]) == ("FAILURE", "script returned exit code 1")
        (kept,) = [step for step in found["trace"] if "stash" in step]
        assert ".mlci/handoff/validate-data/record.json" in kept["files"]

    def test_a_stage_of_a_pipeline_fetches_what_was_before_it(self, top: Path, checkout: Path) -> None:
        kit.write_pipeline(top)
        first = "mlciStage(uses: 'validate-data', with: [data: 'data/train.npz', schema: 'data-schema.yaml'])"
        second = "mlciStage(stage: 'prepare', workflow: 'nightly', force: true, collects: ['validate-data'])"
        found = run(top, pipeline(f"mlciSetup(install: '') {{ {first}\n{second} }}"), checkout)
        assert found["result"] == "SUCCESS", f"{found['error']}\n{said(found)}"
        assert (top / "prepared").read_text() == "1\n"
        assert {"unstash": "mlci-validate-data"} in found["trace"]

    @pytest.mark.parametrize(
        ("call", "error"),
        [
            ("mlciStage(uses: 'a', stage: 'b')", "needs exactly one of stage"),
            ("mlciStage(uses: 'a', workflow: 'b')", "not workflow"),
            ("mlciSetup(packages: 'b') { }", "mlciSetup takes mlci, install and python, not packages"),
        ],
    )
    def test_wrong_keys_are_refused(self, top: Path, checkout: Path, call: str, error: str) -> None:
        found = run(top, pipeline(call), checkout)
        assert found["result"] == "FAILURE"
        assert error in found["error"]

    def test_nothing_a_person_wrote_is_expanded_or_pasted(self, top: Path, checkout: Path) -> None:
        odd = "it's \\ $HOME ${HOME} $$ `id` \u00fc"
        with_ = f"[data: {groovy(odd)}, schema: 'data-schema.yaml']"
        steps = f"mlciSetup(install: '') {{ mlciStage(uses: 'validate-data', with: {with_}) }}"
        found = run(top, pipeline(steps), checkout)
        (given,) = [json.loads(step["with"]) for step in found["trace"] if step.get("with")]
        assert given["data"] == odd
        assert f"'data' must be a path inside the repository, not '{odd}'" in said(found)
