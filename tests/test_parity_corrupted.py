"""Parity can fail: whatever is changed in one vendor's file by hand is found, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import parity_kit as kit
import pytest

import mlci
from mlci.parity.contract import Event

CIRCLECI, TRAVIS = ".circleci/config.yml", ".travis.yml"
APPROVED = Event("manual", workflow="main", approved=("hold",))
ORB = kit.PIPELINE.replace("vendors: [circleci, travis]", "vendors: [circleci]\nstyle: orb")
FAILING = kit.PIPELINE.replace("run: grep -q 4-fast model.txt", "run: exit 7")


class Change(NamedTuple):
    """A change by hand, and how it must be found."""

    vendor: str
    old: str
    new: str
    job: str
    what: str
    said: str
    event: Event = Event()
    pipeline: str = kit.PIPELINE


CHANGES = {
    "another value of a variable": Change(
        "circleci", "MODE: fast", "MODE: slow", "train", "variable MODE", "MODE is slow, and must be fast"
    ),
    "a variable that is missing": Change(
        "circleci", "      MODE: fast\n", "", "train", "variable MODE", "MODE is (none), and must be fast"
    ),
    "a variable too many": Change(
        "circleci",
        "      MODE: fast\n",
        "      MODE: fast\n      DEBUG: yes please\n",
        "train",
        "variable DEBUG",
        "DEBUG is yes please, and must be (none)",
    ),
    "a bundle that is not handed on": Change(
        "circleci",
        "paths: [.mlci/handoff/<< parameters.job >>]",
        "paths: [.mlci/handoff/build]",
        "check",
        "status",
        "needs the bundle of 'train'",
    ),
    "a job that does not wait": Change(
        "circleci",
        "      - lint:\n          requires: [train]\n",
        "      - lint\n",
        "lint",
        "order",
        "does not wait for 'train'",
    ),
    "another branch": Change(
        "circleci",
        'pipeline.git.branch == "main"',
        'pipeline.git.branch == "release"',
        "build",
        "runs",
        "it does not run, and must: the workflow does not start",
    ),
    "a secret for a job that has none": Change(
        "circleci",
        "      - check:\n          requires: [train]\n",
        "      - check:\n          requires: [train]\n          context: [production]\n",
        "check",
        "secrets beyond its own",
        "secrets that are not its own: SHIP_KEY",
    ),
    "a secret's context that is missing": Change(
        "circleci",
        "          context: [production]\n",
        "",
        "ship",
        "status",
        "SHIP_KEY is not set",
        APPROVED,
    ),
    "a job that is gone": Change(
        "circleci",
        "      - lint:\n          requires: [train]\n      - hold:\n          type: approval\n"
        "          requires: [check, lint]\n",
        "      - hold:\n          type: approval\n          requires: [check]\n",
        "lint",
        "job",
        "no such job",
    ),
    "a job too many": Change(
        "circleci",
        "      - lint:\n          requires: [train]\n",
        "      - lint:\n          requires: [train]\n      - lint:\n          name: again\n",
        "lint",
        "job",
        "the file runs it 2 times",
    ),
    "another command": Change(
        "circleci",
        "command: mlci exec check --workflow main",
        "command: mlci exec check --workflow main --force",
        "check",
        "options",
        "is told --force, and must be told none",
    ),
    "a command that does not run": Change(
        "circleci",
        "command: mlci exec check --workflow main",
        "command: true || mlci exec check --workflow main",
        "check",
        "calls",
        "called 0 times, and must be 1",
    ),
    "more tries": Change(
        "circleci",
        "          no_output_timeout: << parameters.silence >>\n",
        "          no_output_timeout: << parameters.silence >>\n          max_auto_reruns: 2\n",
        "check",
        "calls",
        "called 3 times, and must be 1",
        pipeline=FAILING,
    ),
    "a step that prints a secret": Change(
        "circleci",
        "          names: TOKEN\n",
        '          names: TOKEN\n      - run: echo "it is $TOKEN"\n',
        "train",
        "secret",
        "the secret TOKEN shows in logs/main/train.log",
    ),
    "a secret among what is handed on": Change(
        "circleci",
        "          command: mlci exec train --workflow main\n",
        '          command: mlci exec train --workflow main && echo "$TOKEN" > .mlci/handoff/train/t\n',
        "t",
        "secret",
        "the secret TOKEN shows in workspaces/",
    ),
    "an approval that nobody is asked for": Change(
        "circleci", "requires: [hold]", "requires: [check, lint]", "ship", "order", "'hold'", APPROVED
    ),
    "orb: another stage": Change(
        "circleci",
        "          stage: check\n",
        "          stage: lint\n",
        "lint",
        "job",
        "the file runs it 2 times",
        pipeline=ORB,
    ),
    "orb: another option": Change(
        "circleci",
        "          stage: check\n",
        "          stage: check\n          force: true\n",
        "check",
        "options",
        "is told --force, and must be told none",
        pipeline=ORB,
    ),
    "orb: outputs that are not fetched": Change(
        "circleci",
        "          collect: train\n",
        "",
        "check",
        "status",
        "needs the bundle of 'train'",
        pipeline=ORB,
    ),
    "orb: another folder": Change(
        "circleci",
        "          stage: check\n",
        "          stage: check\n          root: elsewhere\n",
        "check",
        "status",
        "failed, and must be passed",
        pipeline=ORB,
    ),
    "orb: mlci that is not installed": Change(
        "circleci",
        "      - mlci/install:\n          cache: mlci.yaml\n      - mlci/exec:\n          stage: check\n",
        "      - mlci/exec:\n          stage: check\n",
        "check",
        "status",
        "No module named 'mlci'",
        pipeline=ORB.replace("style: orb", f"style: orb\nmlci: mlci=={mlci.__version__}"),
    ),
    "Travis CI: another value of a variable": Change(
        "travis", '"MODE=fast"', '"MODE=slow"', "train", "variable MODE", "MODE is slow, and must be fast"
    ),
    "Travis CI: a variable that is missing": Change(
        "travis",
        '      env:\n        - "MODE=fast"\n',
        "",
        "train",
        "variable MODE",
        "MODE is (none), and must be fast",
    ),
    "Travis CI: a bundle that is not handed on": Change(
        "travis",
        "            - .mlci/handoff/train\n",
        "            - .mlci/handoff/trains\n",
        "check",
        "status",
        "needs the bundle of 'train'",
    ),
    "Travis CI: a bundle that is not taken": Change(
        "travis",
        "      workspaces:\n        use:\n          - train\n",
        "",
        "check",
        "status",
        "needs the bundle of 'train'",
    ),
    "Travis CI: a job that does not wait": Change(
        "travis",
        "    - stage: check + lint\n      name: lint\n",
        "    - stage: build\n      name: lint\n",
        "lint",
        "order",
        "does not wait for 'train'",
    ),
    "Travis CI: another branch": Change(
        "travis",
        'if: "(type = push AND branch = main) OR type = api"',
        'if: "(type = push AND branch = release) OR type = api"',
        "build",
        "runs",
        "it does not run, and must",
    ),
    "Travis CI: a secret under another name": Change(
        "travis",
        "      name: check\n",
        "      name: check\n      env:\n        - KEY=$SHIP_KEY\n",
        "check",
        "secrets beyond its own",
        "secrets that are not its own: SHIP_KEY",
    ),
    "Travis CI: a job that is gone": Change(
        "travis",
        '    - stage: check + lint\n      name: lint\n      python: "3.11"\n'
        "      script: mlci exec lint --workflow main\n",
        "",
        "lint",
        "job",
        "no such job",
    ),
    "Travis CI: another command": Change(
        "travis",
        "script: mlci exec check --workflow main",
        "script: mlci exec check --workflow main --force",
        "check",
        "options",
        "is told --force, and must be told none",
    ),
    "Travis CI: more tries": Change(
        "travis",
        "script: mlci exec check --workflow main",
        "script: travis_retry mlci exec check --workflow main",
        "check",
        "calls",
        "called 3 times, and must be 1",
        pipeline=FAILING,
    ),
    "Travis CI: a step that prints a secret": Change(
        "travis",
        "      script: mlci exec lint --workflow main\n",
        '      script:\n        - echo "it is $TOKEN"\n        - mlci exec lint --workflow main\n',
        "lint",
        "secret",
        "the secret TOKEN shows in logs/0/lint.log",
    ),
    "Travis CI: an approval that nobody is asked for": Change(
        "travis",
        'if: "type = api AND env(MLCI_APPROVE) = hold"',
        'if: "(type = push AND branch = main) OR type = api"',
        "ship",
        "runs",
        "it runs, and must not: approval 'hold' is not given",
        APPROVED,
    ),
    "Travis CI: a failure that counts for nothing": Change(
        "travis",
        "      script: mlci exec check --workflow main\n",
        "      script: mlci exec check --workflow main || true\n      after_failure: true\n",
        "ship",
        "status",
        "withheld, and must be unreached",
        pipeline=FAILING,
    ),
}


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
            made[text] = kit.lay_out(tmp_path_factory.mktemp("repository") / "small", text)
        return made[text]

    return repository


@pytest.mark.real
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_by_hand_is_found_and_named(name: str, repositories: Callable[[str], Path]) -> None:
    change = CHANGES[name]
    root = repositories(change.pipeline)
    path = CIRCLECI if change.vendor == "circleci" else TRAVIS
    before = (root / path).read_text()
    try:
        kit.edit(root, path, change.old, change.new)
        part = kit.prove(root, change.vendor, event=change.event)
    finally:
        (root / path).write_text(before)
    found = [each for each in part.differences if (each.job, each.what) == (change.job, change.what)]
    assert found, kit.told(part)
    assert any(change.said in each.sentence for each in found), kit.told(part)
    assert {each.vendor for each in part.differences} == {change.vendor}
