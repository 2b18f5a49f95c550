"""Jenkinsfiles of both styles under parity: alike to the plan; what is changed by hand is found and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import groovy_kit
import parity_kit as kit
import performer_kit
import pytest

from mlci import __version__ as VERSION
from mlci.errors import InputError
from mlci.parity.contract import Event
from mlci.parity.difference import Difference
from mlci.parity.forecast import forecast
from mlci.planning.vendor import find
from mlci.release import TAG
from mlci.vendors.jenkins import runner
from mlci.vendors.jenkins.runner import library
from mlci.vendors.jenkins.syntax import parse

PIPELINE = f"""\
version: 1
name: small
vendors: [jenkins]
style: library
mlci: mlci=={VERSION}
requirements: requirements.txt
env: {{TEAM: "it's $HOME", EMPTY: ""}}
stages:
  build:
    run: python make.py data.txt 3
    inputs: [make.py]
    outputs: [data.txt]
  train:
    run: |
      echo "the token is $TOKEN"
      python make.py "model-$MLCI_PARAM_WORD.txt" "$MLCI_PARAM_WORD-$Mode-$MODE" data.txt
    inputs: [make.py, data.txt]
    matrix: {{word: [a-b, c]}}
    outputs: ["model-{{word}}.txt"]
    artifacts: ["model-{{word}}.txt"]
    secrets: [TOKEN]
    env: {{MODE: fast, Mode: slow}}
    timeout: 5m
    retries: 1
  doubt:
    run: test -f no-such-file
    inputs: [data.txt]
    allow_failure: true
  check:
    run: grep -q slow-fast model-a-b.txt && cat model-c.txt
    inputs: [model-a-b.txt, model-c.txt]
workflows:
  main:
    on: {{push: {{branches: [main]}}, manual: true}}
    stages: [build, [train, doubt], {{check: {{name: last-check}}}}]
"""
"""A matrix, files for people, a secret, variables that Jenkins cannot hold, a failure that is allowed."""
CHANGED = f"""\
version: 1
name: small
vendors: [jenkins]
style: library
mlci: mlci=={VERSION}
stages:
  build: {{run: python make.py data.txt 3, inputs: [make.py], outputs: [data.txt]}}
  check: {{run: grep 3 data.txt, inputs: [data.txt], env: {{Mode: slow, MODE: fast}}, secrets: [TOKEN]}}
  doubt: {{run: "false", allow_failure: true}}
  after: {{run: "true"}}
workflows:
  main: {{on: {{push: true}}, stages: [build, check, doubt, after]}}
"""
FILE = "Jenkinsfile"
pytestmark = pytest.mark.real


@pytest.fixture(autouse=True)
def groovy() -> None:
    performer_kit.require(runner)


@pytest.mark.parametrize("style", ["library", "steps"])
def test_each_style_is_alike_to_the_plan(tmp_path: Path, style: str) -> None:
    text = PIPELINE.replace("style: library", f"style: {style}")
    root = kit.lay_out(tmp_path / "small", text, {"requirements.txt": "jinja2\n"})
    assert ("mlciStage(" in (root / FILE).read_text()) == (style == "library")
    part = kit.prove(root)
    kit.alike(part, ["jenkins"])
    ended = {"build": "passed", "train-a_b": "passed", "train-c": "passed", "last-check": "passed"}
    assert kit.statuses(part, "jenkins") == {**ended, "doubt": "failed"}
    rans = {ran.id: ran for ran in part.columns[0].rans}
    assert {ran.calls for ran in rans.values()} == {1}
    assert rans["train-c"].secrets == ("TOKEN",)
    assert rans["train-c"].saw["Mode"] == "slow"
    assert rans["last-check"].saw["EMPTY"] == ""


class Change(NamedTuple):
    """Changes by hand, and the values by which they must be found: (job, value) -> what is said."""

    edits: dict[str, str]
    found: dict[tuple[str, str], str]


CHANGES = {
    "what a job is told, and a failure that counts": Change(
        {
            "'MODE': 'fast'], stash: false": "'MODE': 'slow'], force: true",
            "allow_failure: true, ": "",
        },
        {
            ("check", "options"): "is told --force, and must be told none",
            ("check", "variable MODE"): "MODE is slow, and must be fast",
            ("after", "status"): "unreached, and must be passed",
        },
    ),
    "a bundle that is not fetched": Change(
        {"collects: ['build'], ": ""}, {("check", "status"): "needs the bundle of 'build'"}
    ),
    "a secret under another name": Change(
        {"variable: 'TOKEN'": "variable: 'OTHER'"},
        {("check", "secrets"): "secrets is empty, and must be TOKEN"},
    ),
    "a job that installs nothing": Change(
        {f"mlciSetup(mlci: 'mlci=={VERSION}') {{": "script {"},
        {("build", "status"): "failed, and must be passed"},
    ),
}


@pytest.fixture(scope="module", autouse=True)
def plan_run_once() -> Iterator[None]:
    with kit.plan_run_once():
        yield


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit.lay_out(tmp_path_factory.mktemp("repository") / "small", CHANGED)


@pytest.fixture
def changed(repository: Path) -> Iterator[Callable[[str, str], Path]]:
    """Yield what changes the Jenkinsfile by hand, each time from what was rendered."""
    before = (repository / FILE).read_text()

    def change(old: str, new: str) -> Path:
        kit.edit(repository, FILE, old, new)
        return repository

    yield change
    (repository / FILE).write_text(before)


@pytest.mark.parametrize("name", CHANGES)
def test_an_argument_changed_by_hand_is_found_and_named(
    name: str, repository: Path, changed: Callable[[str, str], Path]
) -> None:
    for old, new in CHANGES[name].edits.items():
        changed(old, new)
    part = kit.prove(repository)
    said = {(each.job, each.what): each.sentence for each in part.differences}
    for value, words in CHANGES[name].found.items():
        assert words in said.get(value, ""), (kit.told(part), part.columns[0].unproven)


FORESEEN = {
    "another job": (
        "mlciStage(stage: 'check', workflow: 'main',",
        "mlciStage(stage: 'check', workflow: 'main', job: 'build',",
        "check: the file has no such job",
    ),
    "a key that the step does not have": (
        "collects: ['build']",
        "colects: ['build']",
        "check: it does not run, and must: mlciStage takes collects, stash,",
    ),
    "a stash that nobody leaves": (
        "mlciStage(stage: 'build', workflow: 'main')",
        "mlciStage(stage: 'build', workflow: 'main', stash: false)",
        "check: it does not run, and must: No such saved stash 'mlci-build'",
    ),
    "what comes behind such a stage": (
        "collects: ['build']",
        "collects: ['biuld']",
        "after: it does not run, and must: an earlier stage failed",
    ),
}


@pytest.fixture(scope="module")
def foreseen(repository: Path) -> dict[str, Sequence[Difference]]:
    """Return what is foreseen for each change."""
    before = (repository / FILE).read_text()

    def differences(name: str) -> Sequence[Difference]:
        old, new, _ = FORESEEN[name]
        kit.edit(repository, FILE, old, new)
        try:
            return forecast(
                repository, kit.plans(repository), Event(), [find("jenkins")], {"jenkins": runner}
            ).differences
        finally:
            (repository / FILE).write_text(before)

    with groovy_kit.one_start(partial(differences, name) for name in FORESEEN):
        return {name: differences(name) for name in FORESEEN}


@pytest.mark.parametrize("name", FORESEEN)
def test_what_cannot_work_is_foreseen(name: str, foreseen: dict[str, Sequence[Difference]]) -> None:
    *_, said = FORESEEN[name]
    assert any(said in each.sentence for each in foreseen[name]), foreseen[name]


REFUSED = {
    "another library": (f"'mlci@{TAG}'", "'acme@v1'", "the shared library 'acme@v1' cannot be run here"),
    "another release": (f"'mlci@{TAG}'", "'mlci@v9.9'", "the shared library 'mlci@v9.9' cannot be run here"),
    "no release": (f"'mlci@{TAG}'", "'mlci'", "the shared library 'mlci' cannot be run here"),
    "two libraries": (f"'mlci@{TAG}'", f"['mlci@{TAG}', 'b@1']", "the shared library 'b@1' cannot be run"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_library_that_is_not_this_mlcis_is_refused_with_its_line(
    name: str, changed: Callable[[str, str], Path]
) -> None:
    old, new, said = REFUSED[name]
    root = changed(old, new)
    with pytest.raises(InputError) as caught:
        runner.plan({FILE: (root / FILE).read_text()}, Event())
    (finding,) = caught.value.findings
    assert (finding.mark.file, finding.mark.line) == (FILE, 2)
    assert said in finding.message
    assert str(finding.help).endswith(f"mlci@{TAG}")


def test_without_its_library_a_file_knows_no_such_steps(changed: Callable[[str, str], Path]) -> None:
    root = changed(f"@Library('mlci@{TAG}') _\n", "")
    with pytest.raises(InputError, match="unknown step 'mlciSetup'"):
        runner.plan({FILE: (root / FILE).read_text()}, Event())


def test_a_commit_is_held_against_the_one_that_mlci_was_installed_from(
    installed_from: Callable[[str, str], None],
) -> None:
    commit, other = "0123456789abcdef" * 2 + "01234567", "f" * 40
    file = parse(f"@Library('mlci@{commit}') _\npipeline {{ }}\n", FILE)
    assert library.loaded(file) == commit, "nothing tells that it is another"
    assert (
        library.told(commit)
        == f"the shared library at 0123456789ab is taken for that of this mlci, {VERSION}"
    )
    assert library.told(TAG) == ""
    for origin, mine in ((commit, True), (other, False)):
        installed_from("https://github.com/mlci/mlci", origin)
        assert library.told(commit) == ""
        if mine:
            assert library.loaded(file) == commit
        else:
            with pytest.raises(InputError, match=f"only that of this mlci can, mlci@{TAG}"):
                library.loaded(file)
