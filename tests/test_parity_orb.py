"""CircleCI's configuration of style `orb` planned and run by the orb that comes with mlci."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import parity_kit as kit
import pytest
import render_kit

import mlci
from mlci.errors import InputError
from mlci.parity.agreement import disagreements
from mlci.parity.certificate import Proof
from mlci.parity.contract import Event
from mlci.parity.expected import expect, selected
from mlci.parity.naming import belongs, executed
from mlci.planning import vendor
from mlci.planning.plan import UV
from mlci.vendors.circleci import runner
from mlci.vendors.circleci.syntax.shipped_orb import SHIPPED

CONFIG = ".circleci/config.yml"
PIPELINE = f"""\
version: 1
name: small
vendors: [circleci]
style: orb
mlci: mlci=={mlci.__version__}
env: {{TEAM: "vision << x >>"}}
stages:
  build:
    run: python make.py data.txt 3
    inputs: [make.py]
    outputs: [data.txt]
  train:
    run: |
      test -n "$TOKEN" && test "$TEAM" = "vision << x >>" && test "$MLCI_INPUT_REASON" = because
      mkdir -p model logs
      python make.py "model/$MLCI_PARAM_SIZE.txt" "$MODE-$MLCI_PARAM_SIZE" data.txt
      echo "trained $MLCI_PARAM_SIZE" > "logs/$MLCI_PARAM_SIZE.txt"
    inputs: [make.py, data.txt]
    matrix: {{size: [small, 2]}}
    outputs: ["model/{{size}}.txt"]
    artifacts: ["logs/{{size}}.txt"]
    secrets: [TOKEN]
    env: {{MODE: fast}}
  check: {{run: exit 7, inputs: [data.txt, model/], allow_failure: true}}
  ship:
    run: test -n "$SHIP_KEY" && cat model/small.txt model/2.txt
    inputs: [model/]
    environment: production
    secrets: [SHIP_KEY]
workflows:
  main:
    on: {{push: {{branches: [main]}}, manual: {{inputs: {{reason: {{default: none}}}}}}}}
    stages: [build, train, [check, {{approve: hold}}], {{ship: ship-it}}]
    notify: {{failure: [slack], success: [slack]}}
"""
APPROVED = Event("manual", workflow="main", approved=("hold",), inputs={"reason": "because"})


@pytest.mark.real
def test_jobs_of_the_orb_do_what_the_plan_does(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small", PIPELINE)
    with kit.prover(root) as made:
        part = made.prove(APPROVED)
        kept = made.scratch / "circleci" / "artifacts" / "main" / "train-2" / "2.txt"
        assert kept.read_text() == "trained 2\n"
    kit.alike(part, ["circleci"])
    wanted = {"build": "passed", "train-small": "passed", "train-2": "passed"}
    wanted |= {"check": "failed", "ship-it": "passed"}
    for column in ("here", "circleci"):
        assert kit.statuses(part, column) == wanted
    (column,) = part.columns
    assert column.told == {("success", "main")}
    calls = {ran.id: ran.command for ran in column.rans}
    assert calls["ship-it"] == ("mlci", "exec", "--workflow=main", "--job=ship-it", "ship")


@pytest.mark.real
def test_a_failure_stops_the_jobs_of_the_orb_and_is_told_of(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small", PIPELINE.replace("cat model/small.txt", "exit 9; cat"))
    part = kit.prove(root, event=APPROVED)
    kit.alike(part, ["circleci"])
    assert kit.statuses(part, "circleci")["ship-it"] == "failed"
    assert part.columns[0].told == {("failure", "main")}


LOCKED = f"""\
version: 1
name: small
vendors: [circleci]
style: orb
mlci: mlci=={mlci.__version__}
python: "{sys.version_info.major}.{sys.version_info.minor}"
requirements: {{lock: ml/uv.lock}}
stages:
  build: {{run: python -c "import iniconfig" && echo 1 > out.txt, outputs: [out.txt]}}
  train: {{run: cat out.txt, inputs: [out.txt], runner: gpu}}
runners: {{gpu: {{gpu: 1}}}}
workflows:
  main: {{on: {{push: true}}, stages: [build, train]}}
"""
PROJECT = '[project]\nname = "ml"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["iniconfig"]\n'
LOCK = f"""\
version = 1
requires-python = ">=3.11"

[[package]]
name = "iniconfig"
version = "{metadata.version("iniconfig")}"
source = {{ registry = "https://pypi.org/simple" }}

[[package]]
name = "ml"
version = "1"
source = {{ virtual = "." }}
dependencies = [{{ name = "iniconfig" }}]
"""


@pytest.mark.real
def test_the_orb_installs_from_a_lock_and_brings_python_to_a_machine(tmp_path: Path) -> None:
    wanted = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", f"uv=={UV}"]
    if subprocess.run(wanted, capture_output=True).returncode:
        pytest.skip(f"needs uv {UV}: pip install uv=={UV}, or a package index that has it")
    files = {"ml/uv.lock": LOCK, "ml/pyproject.toml": PROJECT}
    root = kit.lay_out(tmp_path / "small", LOCKED, files)
    with kit.prover(root) as made:
        part = made.prove(Event())
        log = (made.scratch / "circleci" / "logs" / "main" / "train.log").read_text()
    kit.alike(part, ["circleci"])
    assert kit.statuses(part, "circleci") == {"build": "passed", "train": "passed"}
    assert "already satisfied: iniconfig" in log
    assert "--- Python 3." in log


ASK = {"MLCI_ASK_STAGE": "train", "MLCI_ASK_WORKFLOW": "main", "MLCI_ASK_ROOT": "."}


@pytest.mark.parametrize(
    ("script", "environ", "wanted"),
    [
        ("mlci exec train --workflow main", {}, [("main", "train")]),
        ("python -P -m mlci.commands.from_environment exec", ASK, [("main", "train")]),
        (
            "set -e\npython -P -m mlci.commands.from_environment exec",
            {**ASK, "MLCI_ASK_JOB": "train-2"},
            [("main", "train-2")],
        ),
        ("python -P -m mlci.commands.from_environment notify", {"MLCI_ASK_OUTCOME": "failure"}, []),
        ("python -P -m mlci.commands.from_environment unknown", ASK, []),
        ("python -P -m mlci.commands.from_environment", ASK, []),
    ],
)
def test_a_script_is_known_by_what_it_asks_for(
    script: str, environ: dict[str, str], wanted: list[tuple[str, str]]
) -> None:
    assert list(executed(script, environ)) == wanted
    assert belongs(script, environ) == ("notify" in script)


EVENTS = (
    Event(),
    Event(branch="release/1"),
    Event(changed=("docs/index.md",)),
    Event(changed=("ml/train.py",)),
    Event("tag", tag="v1"),
)


@pytest.mark.parametrize("case", render_kit.CASES)
def test_the_orb_plans_what_plain_steps_plan(case: str) -> None:
    plans = render_kit.plans_of(case)
    steps, orb = (rendered(case, style) for style in ("steps", "orb"))
    named = [plan.workflow.name for plan in plans if plan.workflow.on.manual]
    for event in (*EVENTS, *(Event("manual", workflow=name, approved=("hold",)) for name in named)):
        event = event._replace(selected=selected(plans, event))
        planned = runner.plan(orb, event)
        assert planned == runner.plan(steps, event)
        wanted = [job for plan in plans for job in expect(plan, event)]
        # A push to any other branch may be a pull request's, for all that CircleCI says.
        assert event.branch != "main" or list(disagreements("circleci", wanted, planned)) == [], event


def rendered(case: str, style: str) -> dict[str, str]:
    """Return CircleCI's files of a case in a style."""
    text = (render_kit.FOLDER / case / "mlci.yaml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith(("style:", "mlci:"))]
    return vendor.find("circleci").render(
        render_kit.plans_from("\n".join((*lines, f"style: {style}", "mlci: mlci==" + mlci.__version__)))
    )


@pytest.mark.real
@pytest.mark.parametrize("reference", ["mlci/mlci@9.9.9", "mlci/mlci@volatile", "mlci/mlci"])
def test_another_version_of_the_orb_is_refused_with_its_line(tmp_path: Path, reference: str) -> None:
    root = kit.lay_out(tmp_path / "small", PIPELINE)
    kit.edit(root, CONFIG, SHIPPED, reference)
    with pytest.raises(InputError) as caught:
        runner.plan({CONFIG: (root / CONFIG).read_text()}, Event())
    (found,) = caught.value.findings
    assert (found.mark.file, found.mark.line) == (CONFIG, 5)
    assert found.message == f"the orb {reference} is not that of this mlci, which is {SHIPPED}"
    part = kit.prove(root)
    assert found.message in part.columns[0].unproven
    assert not Proof("small", (part,)).stands(allow_missing=True)


@pytest.mark.real
def test_another_orb_is_not_here(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small", PIPELINE)
    kit.edit(root, CONFIG, SHIPPED, "acme/mlci@0.1.0")
    part = kit.prove(root)
    assert "the source of the orb acme/mlci@0.1.0 is not here" in kit.told(part)[0]


def test_an_argument_that_the_orb_does_not_have_is_refused_with_its_line(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small", PIPELINE)
    kit.edit(root, CONFIG, "          stage: build\n", "          stage: build\n          jobb: build\n")
    with pytest.raises(InputError, match="'mlci/exec' has no parameter 'jobb'") as caught:
        runner.plan({CONFIG: (root / CONFIG).read_text()}, Event())
    (found,) = caught.value.findings
    assert (found.mark.file, found.help) == (CONFIG, "did you mean 'job'?")
