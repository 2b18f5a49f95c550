"""Parity of GitHub workflows that use mlci's actions: alike to the plan, and changes by hand are found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import parity_kit as kit
import performer_kit
import pytest
import render_kit

from mlci import __version__
from mlci.errors import InputError
from mlci.parity import readiness
from mlci.parity.contract import Event
from mlci.release import REPOSITORY, TAG
from mlci.resources import shipped
from mlci.vendors.github import runner
from mlci.vendors.github.runner import shipped_actions
from mlci.vendors.github.runner.reading import read_workflow
from mlci.vendors.github.runner.substitutes import offered
from mlci.vendors.github.runner.substitutes.offered import (
    SUBSTITUTES,
    action_of,
    inputs_of,
    refuse_strange_actions,
)
from mlci.yaml.document import Document

FILE = ".github/workflows/main.yml"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
HEAD = f"""\
version: 1
name: small
vendors: [github]
style: actions
mlci: git+https://github.com/mlci/mlci@{COMMIT}
requirements: requirements.txt
env: {{TEAM: "it's ${{{{ x }}}} $HOME"}}
"""
PIPELINE = f"""\
{HEAD}
stages:
  build:
    run: python make.py data.txt 3
    inputs: [make.py]
    outputs: [data.txt]
  train:
    run: |
      echo "the token is $TOKEN"
      python make.py "model-$MLCI_PARAM_RATE.txt" "$MLCI_PARAM_RATE-$MODE" data.txt
    inputs: [make.py, data.txt]
    matrix: {{rate: [0.1, 2]}}
    outputs: ["model-{{rate}}.txt"]
    secrets: [TOKEN]
    env: {{MODE: "a fast ${{{{ y }}}}"}}
  join:
    run: cat model-*.txt data.txt > all.txt
    inputs: [model-0.1.txt, model-2.txt, data.txt]
    outputs: [all.txt]
    artifacts: [all.txt]
  check:
    run: exit 7
    inputs: [all.txt]
    allow_failure: true
  docs:
    run: "true"
    if: {{paths: [docs/**]}}
  ship:
    run: test -n "$SHIP_KEY" && test -s all.txt
    inputs: [all.txt]
    environment: production
    secrets: [SHIP_KEY]
workflows:
  main:
    on: {{push: {{branches: [main]}}, manual: true}}
    stages: [build, train, join, [check, {{check: check-again}}], {{approve: hold}}, ship, docs]
"""
FAILING = f"""\
{HEAD}
stages:
  build: {{run: python make.py data.txt 3, inputs: [make.py], outputs: [data.txt]}}
  check: {{run: exit 7, inputs: [data.txt]}}
  after: {{run: "true"}}
workflows:
  main:
    on: {{push: true}}
    stages: [build, check, after]
    notify: {{failure: [slack]}}
"""
SHORT = f"""\
{HEAD}
stages:
  build: {{run: python make.py data.txt 3, inputs: [make.py], outputs: [data.txt]}}
  train: {{run: 'test "${{#TOKEN}}" = 18', inputs: [data.txt], secrets: [TOKEN]}}
workflows:
  main: {{on: {{push: true}}, stages: [build, train]}}
"""


@pytest.fixture(scope="module", autouse=True)
def plan_run_once() -> Iterator[None]:
    with kit.plan_run_once():
        yield


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a repository of a pipeline; each is laid out once."""
    made: dict[str, Path] = {}

    def repository(text: str) -> Path:
        if text not in made:
            top = tmp_path_factory.mktemp("repository") / "small"
            made[text] = kit.lay_out(top, text, {"requirements.txt": "jinja2\n"})
        return made[text]

    return repository


@pytest.mark.real
def test_jobs_that_use_the_actions_run_alike(repositories: Callable[[str], Path]) -> None:
    performer_kit.require(runner)
    event = Event("manual", workflow="main", approved=("hold",))
    part = kit.prove(repositories(PIPELINE), event=event)
    kit.alike(part, ["github"])
    passed = dict.fromkeys(("build", "train-0.1", "train-2", "join", "ship", "docs"), "passed")
    assert kit.statuses(part, "github") == {**passed, "check": "failed", "check-again": "failed"}


@pytest.mark.real
def test_a_failed_stage_fails_its_action_and_is_told(repositories: Callable[[str], Path]) -> None:
    performer_kit.require(runner)
    part = kit.prove(repositories(FAILING))
    kit.alike(part, ["github"])
    assert kit.statuses(part, "github") == {"build": "passed", "check": "failed", "after": "unreached"}
    (column,) = part.columns
    assert column.told == {("failure", "main")}


class Change(NamedTuple):
    """A change by hand, and how it must be found."""

    old: str
    new: str
    job: str
    what: str
    said: str
    pipeline: str = SHORT


CHANGES = {
    "another stage": Change(
        "          stage: train\n", "          stage: build\n", "train", "job", "no such job"
    ),
    "another option": Change(
        "          stage: train\n",
        '          stage: train\n          force: "true"\n',
        "train",
        "options",
        "is told --force, and must be told none",
    ),
    "a bundle that is not collected": Change(
        "          collect: build\n", "", "train", "status", "needs the bundle of 'build'"
    ),
    "a bundle that is not handed on": Change(
        "          stage: build\n",
        '          stage: build\n          hand-on: "false"\n',
        "train",
        "status",
        "failed, and must be passed",
    ),
    "a secret that is missing": Change(
        "          TOKEN: ${{ secrets.TOKEN }}\n",
        "          OTHER: ''\n",
        "train",
        "secrets",
        "secrets is empty, and must be TOKEN",
    ),
    "a secret for a job that has none": Change(
        '          stage: build\n          workflow: main\n          python-version: ""\n',
        '          stage: build\n          workflow: main\n          python-version: ""\n'
        '        env: {KEY: "${{ secrets.SHIP_KEY }}"}\n',
        "build",
        "secrets beyond its own",
        "secrets that are not its own: SHIP_KEY",
    ),
    "a variable too many": Change(
        "          TOKEN: ${{ secrets.TOKEN }}\n",
        "          TOKEN: ${{ secrets.TOKEN }}\n          DEBUG: loudly\n",
        "train",
        "variable DEBUG",
        "DEBUG is loudly, and must be (none)",
    ),
    "another Python": Change(
        '          python-version: "3.11"\n',
        '          python-version: "2.7"\n',
        "build",
        "status",
        "failed, and must be passed",
    ),
    "a failure that counts for nothing": Change(
        "          stage: check\n",
        '          stage: check\n          allow-failure: "true"\n',
        "after",
        "status",
        "passed, and must be unreached",
        FAILING,
    ),
}


@pytest.mark.real
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_by_hand_is_found_and_named(name: str, repositories: Callable[[str], Path]) -> None:
    performer_kit.require(runner)
    change = CHANGES[name]
    root = repositories(change.pipeline)
    before = (root / FILE).read_text()
    try:
        kit.edit(root, FILE, change.old, change.new)
        part = kit.prove(root)
    finally:
        (root / FILE).write_text(before)
    found = [each for each in part.differences if (each.job, each.what) == (change.job, change.what)]
    assert found, kit.told(part)
    assert any(change.said in each.sentence for each in found), kit.told(part)


@pytest.mark.real
def test_mlci_itself_is_not_looked_for_where_actions_bring_it(tmp_path: Path) -> None:
    for name in ("actions", "steps"):
        text = SHORT.replace("style: actions", f"style: {name}")
        text = re.sub("mlci: .*", "mlci: mlci==99.0", text)
        root = kit.lay_out(tmp_path / name, text, {"requirements.txt": "jinja2\n"})
        with kit.prover(root) as made:
            made_of = made.snapshot(Event())
            said = list(readiness.notes(made.plans[0].pipeline, made_of, made.scratch))
        assert bool(said) == (name == "steps"), said


REFUSED = {
    f"{REPOSITORY}/actions/run@v9.9.9": f"is not of this mlci, {__version__}",
    f"{REPOSITORY}/actions/setup@main": f"is not of this mlci, {__version__}",
    f"acme/mlci/actions/run@{COMMIT}": f"is not of this mlci, {__version__}",
    f"acme/tools/actions/sweep@{COMMIT}": "nothing stands in for",
    f"{REPOSITORY}@{TAG}": "nothing stands in for",
}


def refuse(uses: str, given: str = "stage: x") -> None:
    """Refuse a workflow of one step, if there is something to refuse."""
    text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
    workflow = read_workflow(FILE, f"{text}      - uses: {uses}\n        with: {{{given}}}\n")
    refuse_strange_actions(workflow, workflow.jobs["a"])


@pytest.mark.parametrize("uses", REFUSED)
def test_actions_of_another_mlci_are_refused_at_their_place(uses: str) -> None:
    with pytest.raises(InputError, match=f"{FILE}:6:15: error: .*{REFUSED[uses]}"):
        refuse(uses)


@pytest.mark.real
def test_a_commit_that_is_changed_in_one_place_leaves_the_file_unproven(tmp_path: Path) -> None:
    performer_kit.require(runner)
    root = kit.lay_out(tmp_path / "small", SHORT, {"requirements.txt": "jinja2\n"})
    kit.edit(root, FILE, f"run@{COMMIT}", f"run@{COMMIT[::-1]}")
    (column,) = kit.prove(root).columns
    assert f"{FILE}:" in column.unproven
    assert "is of another state of mlci than 'mlci/mlci/actions/setup@0123456789" in column.unproven


def test_an_input_that_an_action_does_not_take_is_refused() -> None:
    refuse(f"{REPOSITORY}/actions/run@{TAG}", "stage: x, Allow-Failure: yes")
    with pytest.raises(InputError, match="does not heed 'stages'"):
        refuse(f"{REPOSITORY}/actions/run@{TAG}", "stages: x")


def test_a_commit_is_held_against_the_one_that_is_installed(
    installed_from: Callable[[str, str], None],
) -> None:
    mine, other = f"acme/mlci/actions/run@{COMMIT}", f"{REPOSITORY}/actions/run@{COMMIT}"
    assert (shipped_actions.is_mine(mine), shipped_actions.is_mine(other)) == (False, True)
    assert shipped_actions.told(other) == (
        f"mlci/mlci's actions at 0123456789ab are taken for those of this mlci, {__version__}"
    )
    installed_from("https://github.com/Acme/mlci.git", COMMIT)
    assert (shipped_actions.is_mine(mine), shipped_actions.is_mine(other)) == (True, False)
    assert shipped_actions.told(mine) == ""
    assert shipped_actions.is_mine(f"{REPOSITORY}/actions/run@{TAG}")


def test_everything_inside_the_actions_has_a_stand_in_that_heeds_it() -> None:
    for file in shipped("actions").glob("*/action.yml"):
        assert {*shipped_actions.inner(file.parent.name)}, file
        for step in Document(file.name, file.read_text()).data["runs"]["steps"]:
            if "uses" in step:
                heeded = inputs_of(SUBSTITUTES[action_of(step["uses"])])
                assert set(step.get("with") or {}) <= set(heeded), step


def test_act_is_told_of_each_repository_and_of_what_its_actions_use(tmp_path: Path) -> None:
    (plan,) = render_kit.plans_from(SHORT)
    text = github_file(plan)
    words = list(offered.replacements(tmp_path, read_workflow(FILE, text)))
    assert f"--local-repository={REPOSITORY}@{COMMIT}={tmp_path / 'mlci'}" in words
    inner = {each for name in ("setup", "run") for each in shipped_actions.inner(name)}
    assert len(inner) == 3
    for uses in inner:
        assert f"--local-repository={uses}={tmp_path / SUBSTITUTES[action_of(uses)]}" in words


def github_file(plan: object) -> str:
    """Return the one workflow of a plan."""
    from mlci.planning.vendor import find

    vendor = find("github")

    (text,) = vendor.render((plan,)).values()  # type: ignore[arg-type]
    return text
