"""The composite actions: sound, documented, and their READMEs' usage really run from other repositories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import actions_kit as kit
import digits_kit
import packages_kit
import pytest
import workflow_tools as tools

from mlci.derive import actions, units
from mlci.language import schema
from mlci.language.catalogue import STAGES
from mlci.release import REPOSITORY, TAG
from mlci.vendors.github.render.runners import MACHINE
from mlci.yaml.document import Document

FOLDERS = sorted(path.parent for path in (kit.ROOT / "actions").glob("*/action.yml"))
IDS = [folder.name for folder in FOLDERS]


def action(folder: Path) -> dict[str, Any]:
    data = Document("action.yml", (folder / "action.yml").read_text(encoding="utf-8")).data
    assert isinstance(data, dict)
    return data


def test_there_is_one_action_for_each_unit() -> None:
    named = {"setup", "run", "lint", "generate-check", "report"}
    assert set(IDS) == named | set(STAGES.ids())
    assert set(units.EXAMPLES) == set(STAGES.ids())
    assert set(actions.ICONS) == set(IDS)


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_everything_is_described(folder: Path) -> None:
    data = action(folder)
    assert data["name"] and data["description"]
    assert set(data["branding"]) == {"icon", "color"}
    for given in (*data["inputs"].values(), *data.get("outputs", {}).values()):
        assert given["description"].endswith((".", "!", "?"))
    assert all(step["name"] for step in data["runs"]["steps"])


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_scripts_take_input_by_environment_alone(folder: Path) -> None:
    data = action(folder)
    given = set()
    for step in data["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        given |= {value for value in step.get("env", {}).values() if "inputs." in value}
    text = (folder / "action.yml").read_text(encoding="utf-8")
    for name in data["inputs"]:
        assert f"inputs.{name}" in text, f"input {name} goes nowhere"


@pytest.mark.parametrize("library", [*STAGES], ids=STAGES.ids())
def test_every_parameter_of_a_stage_is_an_input(library: Any) -> None:
    inputs = action(kit.ROOT / "actions" / library.id)["inputs"]
    for parameter in library.parameters:
        given = inputs[parameter.name.replace("_", "-")]
        assert bool(given.get("required")) == parameter.required


@pytest.mark.real
def test_the_schema_and_the_linters_are_content(tmp_path: Path) -> None:
    top = tools.repository(
        tmp_path,
        {
            f"actions/{folder.name}/action.yml": (folder / "action.yml").read_text(encoding="utf-8")
            for folder in FOLDERS
        }
        | {f".github/workflows/{name}.yml": kit.usage(name) for name in IDS},
    )
    files = [top / "actions" / name / "action.yml" for name in IDS]
    check = tools.program("check-jsonschema")
    assert tools.said([check, "--builtin-schema", "vendor.github-actions", *files], top) == ""
    assert tools.said([tools.program("actionlint")], top) == ""
    assert tools.said([tools.program("zizmor"), "--offline", "--quiet", "actions"], top) == ""
    assert tools.said([tools.program("mlci"), "lint", "--strict", "actions"], top) == ""


@pytest.fixture(scope="module")
def mlci(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit.checkout(tmp_path_factory.mktemp("mlci"))


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit.python(tmp_path_factory.mktemp("python") / "venv")


@pytest.mark.real
def test_actions_serve_a_repository_with_scripts_of_its_own(
    tmp_path: Path, mlci: Path, programs: Path
) -> None:
    top = tmp_path / "work"
    top.mkdir()
    kit.write_small_data(top)
    used = ("setup", "validate-data", "train-check", "lint")
    kit.commit(top, used)
    status, said = kit.run(top, mlci, programs)
    assert status == 0, said
    assert json.dumps({"rows": 8.0, "fields": 1.0}) in said
    assert said.count("Job succeeded") == len(used)


@pytest.mark.real
def test_actions_serve_a_repository_with_a_pipeline(tmp_path: Path, mlci: Path, programs: Path) -> None:
    top = tmp_path / "work"
    top.mkdir()
    kit.write_pipeline(top)
    (top / ".mlci").mkdir()
    (top / ".mlci" / "mlci.schema.json").write_text(schema.text())
    kit.commit(top, ("run", "generate-check"))
    status, said = kit.run(top, mlci, programs)
    assert status == 0, said
    record = json.loads((tmp_path / "artifacts" / "mlci-prepare" / "record.json").read_text())
    assert (record["status"], list(record["outputs"])) == ("done", ["prepared"])


@pytest.mark.real
def test_a_missed_check_fails_its_job_alone(tmp_path: Path, mlci: Path, programs: Path) -> None:
    top = tmp_path / "work"
    top.mkdir()
    kit.write_small_data(top)
    (top / "data-schema.yaml").write_text(kit.SCHEMA.replace("max: 1", "max: 0.5"))
    (top / "mlci.yaml").write_text("version: 1\n")
    kit.commit(top, ("validate-data", "train-check", "generate-check"))
    status, said = kit.run(top, mlci, programs)
    assert status == 1
    assert said.count("Job succeeded") == 1
    assert "'validate-data' failed its check 'x: max <= 0.5'" in said
    assert "mlci.yaml:1:1: error:" in said


@pytest.mark.real
@pytest.mark.tensorflow
def test_actions_bring_a_model_into_production(tmp_path: Path, mlci: Path, programs: Path) -> None:
    top = tmp_path / "work"
    top.mkdir()
    kit.write_deployed_model(top)
    used = ("evaluate", "package", "deploy", "smoke-test", "retrain")
    kit.commit(top, used)
    status, said = kit.run(top, mlci, programs)
    assert status == 0, said
    assert said.count("Job succeeded") == len(used)


@pytest.mark.real
@pytest.mark.tensorflow
def test_the_how_to_works_with_scripts_of_its_own(tmp_path: Path, mlci: Path, programs: Path) -> None:
    top = tmp_path / "work"
    top.mkdir()
    digits_kit.write_data(top)
    (top / "data-schema.yaml").write_text(kit.SCHEMA)
    (top / "train.py").write_text(kit.TRAINING)
    (top / "requirements.txt").write_text("numpy\n")
    (top / ".github" / "workflows").mkdir(parents=True)
    (top / ".github" / "workflows" / "model.yml").write_text(kit.shown("use-the-actions.md"))
    kit.commit(top, ())
    status, said = kit.run(top, mlci, programs)
    assert status == 0, said
    assert '"accuracy": 0.' in said


SECRETIVE = f"""\
on: push
jobs:
  deploy:
    runs-on: {MACHINE}
    steps:
      - uses: actions/checkout@v7
      - id: mlci
        uses: {REPOSITORY}/actions/deploy@{TAG}
        with:
          package: dist
          target: production
          targets: |
            production:
              type: local
              path: "${{PLACE}}/it's $HOME"
          secret: PLACE
          extras: ""
        env:
          PLACE: kept-secret
      - run: |
          test -d "$PLACE/it's \\$HOME"
          test -f "$RECORD"
          if grep -r "$PLACE" .mlci/handoff .mlci/reports; then exit 1; fi
        env:
          PLACE: kept-secret
          RECORD: ${{{{ steps.mlci.outputs.record }}}}
"""


@pytest.mark.real
def test_a_target_takes_its_secrets_from_the_step(tmp_path: Path, mlci: Path, programs: Path) -> None:
    top = tmp_path / "work"
    (top / ".github" / "workflows").mkdir(parents=True)
    (top / ".github" / "workflows" / "deploy.yml").write_text(SECRETIVE)
    packages_kit.make_package(top / "dist", 7)
    kit.commit(top, ())
    status, said = kit.run(top, mlci, programs)
    assert status == 0, said
