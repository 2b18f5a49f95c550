"""The orb: its source keeps the review rules of the Orb Development Kit, and its examples really run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import actions_kit as kit
import pytest
import render_kit
import workflow_tools as tools

from mlci.commands import app
from mlci.derive import orb, units
from mlci.derive.packing import pack
from mlci.engine.stop import Stop
from mlci.errors import InputError
from mlci.language.catalogue import STAGES
from mlci.parity.contract import Event, Ran, Setting
from mlci.planning.plan import UV, install_commands
from mlci.planning.vendor import find
from mlci.release import REPOSITORY
from mlci.vendors.circleci import runner
from mlci.vendors.circleci.render.orb import installed
from mlci.vendors.circleci.syntax.shipped_orb import SHIPPED
from mlci.yaml.document import Document

circleci_vendor = find("circleci")

SOURCE = kit.ROOT / orb.FOLDER / "src"
PACKED = kit.ROOT / orb.FOLDER / "orb.yml"
MAX_COMMAND = 64
"""Characters of a command that need not lie in a file, as orb-tools has it."""


def load(path: Path) -> dict[str, Any]:
    data = Document(path.name, path.read_text(encoding="utf-8")).data
    assert isinstance(data, dict)
    return data


def parts(*sections: str) -> list[Path]:
    return sorted(path for section in sections for path in (SOURCE / section).glob("*.yml"))


def runs(value: Any) -> Iterator[Any]:
    """Yield every run step, those under conditions too."""
    if isinstance(value, dict):
        if "run" in value:
            yield value["run"]
        for each in value.values():
            yield from runs(each)
    elif isinstance(value, list):
        for each in value:
            yield from runs(each)


EVERY = parts("commands", "jobs", "executors", "examples")
CODE = parts("commands", "jobs", "executors")


def test_the_orb_says_what_it_is() -> None:
    top = load(SOURCE / "@orb.yml")
    assert set(top["display"]) == {"home_url", "source_url"}  # RC001, RC006, RC007
    assert all(url == f"https://github.com/{REPOSITORY}" for url in top["display"].values())
    assert len(top["description"]) > 64  # RC005


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_part_is_described(path: Path) -> None:
    data = load(path)
    assert data["description"]  # RC002
    for parameter in data.get("parameters", {}).values():
        assert parameter["description"]
        assert "$" not in str(parameter.get("default", ""))  # RC012


@pytest.mark.parametrize("path", CODE, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_steps_are_named_and_commands_short(path: Path) -> None:
    data = load(path)
    for run in runs(data.get("steps", [])):
        assert run["name"]  # RC008
        command = run["command"]
        assert len(command) <= MAX_COMMAND or command.startswith("<<include(")  # RC009
        assert "parameters." not in command
    assert all(
        re.fullmatch("[a-z][a-z0-9_]*", name) for name in (path.stem, *data.get("parameters", {}))
    )  # RC010


@pytest.mark.parametrize(
    ("names", "status", "said"),
    [
        ("TOKEN", 0, ""),
        ("TOKEN KEY HOST", 1, "KEY is not set: add it to"),
        ("TOKEN HOST", 1, "HOST is not set: add it to"),
    ],
)
def test_a_missing_secret_is_named_and_no_value_is_shown(names: str, status: int, said: str) -> None:
    environ = {"PATH": os.environ["PATH"], "MLCI_NAMES": names, "TOKEN": "sesame", "HOST": ""}
    script = SOURCE / "scripts" / "need_secrets.sh"
    done = subprocess.run(["bash", script], env=environ, capture_output=True, text=True)
    assert done.returncode == status
    assert said in done.stderr
    assert "sesame" not in done.stdout + done.stderr


REQUIREMENTS = {
    "a release": "mlci: mlci==0.1.0",
    "a release with extras and a file": 'mlci: "mlci[ssh]==0.1.0"\nrequirements: ml/requirements.txt',
    "a wheel and a project": "mlci: wheels/mlci-0.1.0-py3-none-any.whl\n"
    "requirements: {pyproject: '.[train]'}",
    "a commit and a lock": f"mlci: git+https://github.com/mlci/mlci@{'a' * 40}\n"
    "requirements: {lock: ml/uv.lock}",
    "requirements alone": "requirements: requirements.txt",
    "nothing": "",
}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_the_orb_installs_what_plain_steps_install(name: str, tmp_path: Path) -> None:
    text = f"version: 1\nname: a\nvendors: [circleci]\nstyle: orb\n{REQUIREMENTS[name]}\n"
    text += "stages: {one: {run: make}}\nworkflows: {main: {on: {push: true}, stages: [one]}}\n"
    (plan,) = render_kit.plans_from(text)
    asked = installed(plan.pipeline)
    declared = load(SOURCE / "commands" / "install.yml")["parameters"]
    given = {key: asked.get(key, declared[key]["default"]) for key in ("mlci", "install", "lock")}
    environ = {
        "MLCI_PACKAGE": given["mlci"],
        "MLCI_INSTALL": given["install"],
        "MLCI_LOCK": given["lock"],
        "MLCI_UV": UV,
    }
    script = (SOURCE / "scripts" / "install.sh").read_text(encoding="utf-8")
    made = calls(script, tmp_path, environ)
    assert made == [*calls("\n".join(install_commands(plan.pipeline)), tmp_path), "mlci --version"]


def calls(script: str, folder: Path, environ: Mapping[str, str] = {}) -> list[str]:
    """Run a script where Python, uv and mlci only note that they are called; return the calls."""
    noted = folder / "noted"
    noted.write_text("")
    for name in ("python", "uv", "mlci"):
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {noted}\n')
        (folder / name).chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    words = ["bash", "-eo", "pipefail", "-c", script]
    subprocess.run(words, cwd=folder, env={"PATH": path, **environ}, check=True)
    return noted.read_text().splitlines()


def test_every_job_has_an_example_of_this_version() -> None:
    examples = {path.stem: load(path) for path in parts("examples")}
    assert set(examples) == {path.stem for path in parts("jobs")}  # RC003
    assert not any("example" in name for name in examples)  # RC004
    for data in examples.values():
        assert data["usage"]["orbs"] == {"mlci": SHIPPED}  # RC011


@pytest.mark.parametrize("library", [*STAGES], ids=STAGES.ids())
@pytest.mark.parametrize("section", ["commands", "jobs"])
def test_every_parameter_of_a_stage_is_one_of_the_orb(section: str, library: Any) -> None:
    unit = units.stage_unit(library)
    declared = load(SOURCE / section / f"{orb.part_of(unit)}.yml")["parameters"]
    for parameter in library.parameters:
        given = declared[orb.RESERVED.get(parameter.name, parameter.name)]
        assert ("default" not in given) == parameter.required


@pytest.mark.real
def test_the_linter_is_content() -> None:
    mlci = tools.program("mlci")
    words = [mlci, "lint", "--strict", "--no-partners", orb.FOLDER]
    assert tools.said(words, kit.ROOT) == ""
    assert tools.said([tools.program("shellcheck"), *sorted(SOURCE.glob("scripts/*.sh"))], kit.ROOT) == ""


@pytest.mark.real
def test_the_schema_is_content_with_every_example(tmp_path: Path) -> None:
    packed = {key: value for key, value in load(PACKED).items() if key not in ("version", "display")}
    files = []
    for path in parts("examples"):
        config = {**load(path)["usage"], "orbs": {"mlci": packed}}
        files.append(tmp_path / f"{path.stem}.json")
        files[-1].write_text(json.dumps(config))
    words = [tools.program("check-jsonschema"), "--builtin-schema", "vendor.circle-ci", *files]
    assert tools.said(words, tmp_path) == ""


USED = """\
version: 2.1
orbs: {{mlci: {orb}}}
jobs:
  train:
    executor: mlci/defalt
    steps:
      - mlci/need_secrets
      - mlci/exec: {{stage: train, jobb: train, force: "on"}}
      - mlci/exce: {{stage: train}}
workflows:
  main:
    jobs:
      - train
      - mlci/evaluate: {{model: model}}
"""
SAID = """\
5:15: error: the orb 'mlci' has no executor 'defalt'
7:9: error: the command 'mlci/need_secrets' needs the parameter 'names'
8:35: error: the command 'mlci/exec' has no parameter 'jobb'
8:55: error: the parameter 'force' of command 'mlci/exec': expected true or false, got the text on
9:9: error: the orb 'mlci' has no command 'exce'
14:9: error: the job 'mlci/evaluate' needs the parameter 'data'
"""


@pytest.mark.parametrize("orb", [SHIPPED, "mlci/mlci@7.8.9", "acme/mlci@0.1.0"])
def test_the_linter_knows_the_orb_of_its_own_version(
    orb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".circleci").mkdir()
    (tmp_path / ".circleci" / "config.yml").write_text(USED.format(orb=orb))
    monkeypatch.chdir(tmp_path)
    app.run(["lint", "--no-partners", "--select", "circleci-*"])
    out = capsys.readouterr().out
    said = re.findall(r"^\.circleci/config\.yml:(.*) \[circleci-[a-z-]+\]$", out, re.M)
    assert "".join(f"{line}\n" for line in said) == (SAID if orb == SHIPPED else "")


STEP = "commands: {{test: {{steps: [{{run: {{command: '{}'}}}}]}}}}\n"


def test_packing_by_the_documented_examples() -> None:
    sources = {"@orb.yml": STEP.format("<<include(script.sh)>>"), "script.sh": "echo Hello, world!"}
    step = Document("", pack(sources)).data["commands"]["test"]["steps"][0]
    assert step == {"run": {"command": "echo Hello, world!"}}
    sources["script.sh"] = "cat << END\n"
    step = Document("", pack(sources)).data["commands"]["test"]["steps"][0]
    assert step == {"run": {"command": "cat \\<< END\n"}}


def test_packing_takes_names_from_files() -> None:
    sources = {
        "@orb.yml": "version: 2.1\n",
        "jobs/greet.yml": "description: Greet.\n",
        "commands/say.yaml": "description: Say.\n",
        "examples/README.md": "no YAML",
        "examples/polite.yml": "usage: {note: '<<include(a.sh)>>'}\n",
    }
    assert Document("", pack(sources)).data == {
        "version": 2.1,
        "commands": {"say": {"description": "Say."}},
        "jobs": {"greet": {"description": "Greet."}},
        "examples": {"polite": {"usage": {"note": "<<include(a.sh)>>"}}},
    }


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({"jobs/a.yml": "a: 1"}, "there is no @orb.yml"),
        ({"@orb.yml": STEP.format("<<include(gone.sh)>>")}, "there is no gone.sh to include"),
        ({"@orb.yml": STEP.format("echo <<include(a.sh)>>"), "a.sh": ""}, "must stand alone"),
        ({"@orb.yml": STEP.format("<<include(a.sh)>> <<include(a.sh)>>"), "a.sh": ""}, "must stand alone"),
        ({"@orb.yml": "- a"}, "is no mapping"),
    ],
)
def test_packing_refuses_what_cannot_be_packed(sources: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        pack(sources)


def usage(name: str) -> str:
    """Return an example's configuration, as text."""
    text = (SOURCE / "examples" / f"{name}.yml").read_text(encoding="utf-8")
    lines = text.partition("usage:\n")[2].splitlines()
    return "\n".join(line.removeprefix("  ") for line in lines) + "\n"


def perform(top: Path, scratch: Path) -> tuple[Ran, ...]:
    """Run a repository's configuration by CircleCI's rules."""

    def clone(name: str) -> Path:
        shutil.copytree(top, scratch / "clones" / name)
        return scratch / "clones" / name

    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=top, capture_output=True, text=True, check=True
    ).stdout.strip()
    setting = Setting(
        clone=clone,
        proof="0",
        scratch=scratch,
        python=Path(sys.executable),
        secrets={},
        event=Event(),
        jobs=1,
        timeout=240.0,
        say=lambda line: None,
        commit=commit,
        stop=Stop(),
    )
    files = {".circleci/config.yml": (top / ".circleci" / "config.yml").read_text(encoding="utf-8")}
    return runner.perform(files, setting)


@pytest.mark.real
@pytest.mark.parametrize(("most", "status"), [("1", "passed"), ("0.5", "failed")])
def test_the_orb_serves_a_repository_with_scripts_of_its_own(tmp_path: Path, most: str, status: str) -> None:
    top = tmp_path / "work"
    top.mkdir()
    kit.write_small_data(top)
    (top / "data-schema.yaml").write_text(kit.SCHEMA.replace("max: 1", f"max: {most}"))
    (top / ".circleci").mkdir()
    (top / ".circleci" / "config.yml").write_text(usage("validate_data"))
    kit.commit(top, ())
    (ran,) = perform(top, tmp_path / "scratch")
    said = ran.log.read_text()
    assert ran.status == status, said
    assert ("'validate-data' done" in said) == (status == "passed")


@pytest.mark.real
def test_the_how_to_works_with_scripts_of_its_own(tmp_path: Path) -> None:
    top = tmp_path / "work"
    top.mkdir()
    kit.write_small_data(top)
    (top / "train.py").write_text("print('trained')\n")
    (top / ".circleci").mkdir()
    (top / ".circleci" / "config.yml").write_text(kit.shown("use-the-orb.md"))
    kit.commit(top, ())
    ran = {each.id: each for each in perform(top, tmp_path / "scratch")}
    assert {name: each.status for name, each in ran.items()} == {
        "mlci/validate_data": "passed",
        "train": "passed",
    }
    assert "'train-check' done" in ran["train"].log.read_text()


@pytest.mark.real
def test_the_report_is_made_of_what_lies_in_the_workspace(tmp_path: Path) -> None:
    top = tmp_path / "work"
    (top / ".circleci").mkdir(parents=True)
    (top / "mlci.yaml").write_text(kit.PIPELINE)
    jobs = "- mlci/exec: {stage: prepare}\n      - mlci/report: {requires: [mlci/exec]}"
    config = usage("report").replace("- mlci/report", jobs)
    (top / ".circleci" / "config.yml").write_text(config)
    kit.commit(top, ())
    ran = {each.id: each for each in perform(top, tmp_path / "scratch")}
    said = ran["mlci/report"].log.read_text()
    assert ran["mlci/report"].status == "passed", said
    assert "own / nightly: 1 job done" in said
    kept = {path.name for path in (tmp_path / "scratch" / "artifacts").rglob("report.*")}
    assert kept == {"report.md", "report.html", "report.json"}


def test_the_how_to_shows_what_is_rendered() -> None:
    _, text, made = kit.every_shown("use-the-orb.md")
    files = circleci_vendor.render(render_kit.plans_from(text))
    assert made in files[".circleci/config.yml"]


OWN = """\
version: 1
name: own
vendors: [circleci]
stages:
  prepare: {run: "echo $MLCI_EVENT > prepared", outputs: [prepared]}
  read: {run: "grep -q push prepared && cat prepared", inputs: [prepared]}
workflows:
  nightly: {on: {schedule: "0 0 * * *"}, stages: [prepare, {read: again}]}
"""
JOBS = f"""\
version: 2.1
orbs: {{mlci: {SHIPPED}}}
workflows:
  main:
    jobs:
      - mlci/exec: {{name: prepare, stage: prepare, cache: mlci.yaml}}
      - mlci/exec: {{name: again, stage: read, job: again, collect: prepare, requires: [prepare]}}
"""


@pytest.mark.real
def test_stages_of_a_pipeline_are_jobs_of_the_orb(tmp_path: Path) -> None:
    top = tmp_path / "work"
    (top / ".circleci").mkdir(parents=True)
    (top / ".circleci" / "config.yml").write_text(JOBS)
    (top / "mlci.yaml").write_text(OWN)
    kit.commit(top, ())
    ran = {each.id: each for each in perform(top, tmp_path / "scratch")}
    assert {name: each.status for name, each in ran.items()} == {"prepare": "passed", "again": "passed"}
    assert "Collect prepare" in ran["again"].log.read_text()
    kept = tmp_path / "scratch" / "artifacts" / "main" / "prepare"
    assert (kept / "reports" / "prepare" / "junit.xml").is_file()
    assert (kept / "tests" / "reports" / "prepare" / "junit.xml").is_file()
