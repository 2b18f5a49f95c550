"""Vendors also stop alike: failures, retries, skips, approvals, matrices and every kind of event."""

from __future__ import annotations

import textwrap
from pathlib import Path

import parity_kit as kit
import pytest

from mlci.errors import InputError
from mlci.parity.contract import Event

BOTH = ("circleci", "travis")


def pipeline(stages: str, workflow: str, on: str = "{push: {branches: [main]}, manual: true}") -> str:
    body = textwrap.indent(textwrap.dedent(stages).strip(), "  ")
    head = "version: 1\nname: small\nvendors: [circleci, travis]\nstages:\n"
    return f"{head}{body}\nworkflows:\n  main:\n    on: {on}\n    {textwrap.dedent(workflow).strip()}\n"


FAILING = pipeline(
    """
    build: {run: python make.py data.txt 3, outputs: [data.txt]}
    shaky: {run: exit 4, allow_failure: true, inputs: [data.txt]}
    twice:
      run: test -f seen || { touch seen; exit 5; }
      retries: 2
    wrong: {run: exit 6, inputs: [data.txt]}
    after: {run: "true"}
    ship: {run: "true"}
    """,
    "stages: [build, [shaky, twice], wrong, after, {approve: hold}, ship]",
)


@pytest.mark.real
@pytest.mark.parametrize("approved", [(), ("hold",)])
def test_a_failure_stops_the_same_jobs_everywhere(tmp_path: Path, approved: tuple[str, ...]) -> None:
    root = kit.lay_out(tmp_path / "small", FAILING)
    part = kit.prove(root, event=Event("manual", workflow="main", approved=approved))
    kit.alike(part, BOTH)
    wanted = {
        "build": "passed",
        "shaky": "failed",
        "twice": "passed",
        "wrong": "failed",
        "after": "unreached",
        "ship": "unreached",
    }
    for vendor in ("here", *BOTH):
        assert kit.statuses(part, vendor) == wanted
    records = {ran.id: ran.record for column in part.columns for ran in column.rans if ran.record}
    assert records["twice"]["attempts"] == 2
    assert records["wrong"]["exit_status"] == 6


@pytest.mark.real
def test_an_approval_that_is_withheld_stops_what_comes_after(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small")
    part = kit.prove(root)
    kit.alike(part, BOTH)
    for vendor in ("here", *BOTH):
        assert kit.statuses(part, vendor)["ship"] == "withheld"
    given = kit.prove(root, event=Event("manual", workflow="main", approved=("hold",)))
    kit.alike(given, BOTH)
    for vendor in ("here", *BOTH):
        assert set(kit.statuses(given, vendor).values()) == {"passed"}


CONDITIONS = pipeline(
    """
    first: {run: "true"}
    on-main: {run: "true", if: {branch: main}}
    on-release: {run: "true", if: {branch: "release/*"}}
    on-tag: {run: "true", if: {tag: "v*"}}
    by-hand: {run: 'test "$MLCI_INPUT_REASON" = because', if: {event: manual}}
    at-night: {run: "true", if: {event: schedule}}
    for-model: {run: "true", if: {paths: ["ml/**"]}}
    after-model: {run: "true", needs: [for-model]}
    """,
    "stages: [first, [on-main, on-release, on-tag, by-hand, at-night, for-model], after-model]",
    on="""
      push: {branches: [main, "release/*"], tags: ["v*"], paths: ["ml/**", "data/**"]}
      pull_request: {branches: [main]}
      schedule: "0 3 * * *"
      branches: [main]
      manual: {inputs: {reason: {default: because}}}""",
)
EVENTS = {
    "push": (Event(), {"first", "on-main", "for-model", "after-model"}),
    "push elsewhere": (
        Event(branch="release/1"),
        {"first", "on-release", "for-model", "after-model"},
    ),
    "push of data": (Event(changed=("data/a.csv",)), {"first", "on-main"}),
    "push of the model": (Event(changed=("ml/a.py",)), {"first", "on-main", "for-model", "after-model"}),
    "tag": (Event("tag", tag="v1"), {"first", "on-tag", "for-model", "after-model"}),
    "pull request": (
        Event("pull_request", changed=("data/a.csv", "ml/b.py"), head="change"),
        {"first", "for-model", "after-model"},
    ),
    "schedule": (
        Event("schedule", workflow="main"),
        {"first", "on-main", "at-night", "for-model", "after-model"},
    ),
    "manual": (
        Event("manual", workflow="main", inputs={"reason": "because"}),
        {"first", "on-main", "by-hand", "for-model", "after-model"},
    ),
}


@pytest.fixture(scope="module")
def conditions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit.lay_out(tmp_path_factory.mktemp("conditions") / "small", CONDITIONS)


@pytest.mark.real
@pytest.mark.parametrize("name", EVENTS)
def test_an_event_runs_the_same_jobs_everywhere(name: str, conditions: Path) -> None:
    event, wanted = EVENTS[name]
    part = kit.prove(conditions, event=event)
    kit.alike(part, BOTH)
    for vendor in ("here", *BOTH):
        ran = {job for job, status in kit.statuses(part, vendor).items() if status == "passed"}
        assert ran == wanted, vendor


def test_an_event_that_starts_nothing_is_said(conditions: Path) -> None:
    with pytest.raises(InputError, match="push on branch other starts no workflow"):
        kit.prove(conditions, event=Event(branch="other"))


MATRIX = pipeline(
    """
    prepare: {run: python make.py data.txt 3, outputs: [data.txt]}
    train:
      run: python make.py "model-$MLCI_PARAM_OPTIMIZER-$MLCI_PARAM_RATE.txt" "$MLCI_PARAM_RATE" data.txt
      inputs: [data.txt]
      matrix:
        optimizer: [adam, sgd]
        rate: [0.1, 1]
        exclude: [{optimizer: sgd, rate: 1}]
      outputs: ["model-{optimizer}-{rate}.txt"]
    choose:
      run: cat model-*.txt > best.txt
      inputs: [model-adam-0.1.txt, model-adam-1.txt, model-sgd-0.1.txt]
      outputs: [best.txt]
    """,
    "stages: [prepare, train, choose]",
)


@pytest.mark.real
def test_a_matrix_runs_alike(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small", MATRIX)
    part = kit.prove(root)
    kit.alike(part, BOTH)
    assert kit.statuses(part, "circleci") == dict.fromkeys(
        ("prepare", "train-adam-0.1", "train-adam-1", "train-sgd-0.1", "choose"), "passed"
    )


NOTICES = pipeline(
    """
    build: {run: "true"}
    test: {run: "false"}
    """,
    """
    stages: [build, test]
        notify: {failure: [slack], success: [webhook]}
    """,
)


@pytest.mark.real
@pytest.mark.parametrize(("run", "wanted"), [('"false"', {"failure"}), ('"true"', {"success"})])
def test_people_are_told_alike_and_nobody_is_told_really(tmp_path: Path, run: str, wanted: set[str]) -> None:
    root = kit.lay_out(tmp_path / "small", NOTICES.replace('test: {run: "false"}', f"test: {{run: {run}}}"))
    part = kit.prove(root)
    kit.alike(part, BOTH)
    for column in part.columns:
        assert column.told == {(how, "main") for how in wanted}


@pytest.mark.real
def test_a_notice_that_is_dropped_is_found(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "small", NOTICES)
    kit.edit(root, ".travis.yml", "      after_failure: mlci notify failure --workflow main\n", "", 2)
    kit.edit(root, ".circleci/config.yml", "          when: on_fail\n", "          when: always\n")
    part = kit.prove(root)
    assert kit.told(part) == ["travis: main: nobody is told of the failure"]
