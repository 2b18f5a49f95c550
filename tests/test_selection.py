"""`mlci select` answers, from git and the run, what a vendor's own conditions cannot say."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import render_kit as kit

from mlci.commands.select import select
from mlci.errors import InputError
from mlci.planning.context import Context
from mlci.planning.selection import answers, changed_since, questions

PIPELINE = """\
version: 1
name: sample
vendors: [github]
stages:
  lint: {run: make}
  train: {run: make, if: {paths: [ml/**, "*.toml"]}}
  release: {run: make, if: {branch: "release/*", event: push}}
  again: {run: make, if: {paths: [ml/**, "*.toml"]}}
workflows:
  ci:
    on: {push: {branches: [main, "release/*"], paths: [ml/**]}, pull_request: true}
    stages: [lint, [train, release, again]]
"""
PUSH = Context(event="push", branch="release/1")


class Repository:
    """A real git repository with a remote."""

    def __init__(self, top: Path) -> None:
        self.top = top / "work"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(top / "remote"), cwd=top)
        self.git("clone", "--quiet", str(top / "remote"), str(self.top), cwd=top)
        self.commit("mlci.yaml", PIPELINE)

    def git(self, *words: str, cwd: Path | None = None) -> str:
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        done = subprocess.run(
            ["git", *who, *words], cwd=cwd or self.top, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, path: str, text: str = "x") -> str:
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", path)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_each_condition_is_asked_once() -> None:
    (plan,) = kit.plans_from(PIPELINE)
    assert [asked.name for asked in questions(plan)] == ["-push", "-pushed", "train", "release"]


def test_answers_leave_events_out() -> None:
    (plan,) = kit.plans_from(PIPELINE)
    given = answers(plan, Context(event="pull_request", branch="release/1"), lambda: ("docs/a.md",))
    assert given == {"-push": False, "-pushed": True, "train": False, "release": True}


def test_what_nobody_knows_counts_as_changed() -> None:
    (plan,) = kit.plans_from(PIPELINE)
    assert answers(plan, PUSH, lambda: None)["train"]


def test_changes_are_those_since_the_base(repository: Repository) -> None:
    base = repository.commit("docs/a.md")
    repository.commit("ml/train.py")
    repository.commit("ml/größe 1.py")
    assert changed_since(repository.top, PUSH, {"MLCI_BASE": base}) == ("ml/größe 1.py", "ml/train.py")


def test_a_new_branch_is_compared_with_where_it_began(repository: Repository) -> None:
    repository.git("push", "--quiet", "origin", "main")
    repository.git("checkout", "--quiet", "-b", "topic")
    repository.commit("a.py")
    repository.commit("b.py")
    none = {"MLCI_BASE": "0" * 40, "MLCI_DEFAULT_BRANCH": "main"}
    assert changed_since(repository.top, PUSH, none) == ("a.py", "b.py")


def test_a_base_that_is_gone_falls_back_to_the_commit_before(repository: Repository) -> None:
    repository.commit("a.py")
    repository.commit("b.py")
    assert changed_since(repository.top, PUSH, {"MLCI_BASE": "f" * 40}) == ("b.py",)


def test_a_base_that_is_no_commit_is_no_option(repository: Repository) -> None:
    repository.commit("a.py")
    for base in ("<nil>", "--output=x", "", "HEAD; id"):
        assert changed_since(repository.top, PUSH, {"MLCI_BASE": base}) == ("a.py",)
    assert not (repository.top / "x").exists()


def test_the_first_commit_tells_nothing(repository: Repository) -> None:
    assert changed_since(repository.top, PUSH, {}) is None


@pytest.mark.parametrize("event", ["schedule", "manual", "tag"])
def test_without_new_commits_nothing_is_known(repository: Repository, event: str) -> None:
    repository.commit("a.py")
    assert changed_since(repository.top, Context(event=event), {}) is None


def test_no_repository_tells_nothing(tmp_path: Path) -> None:
    assert changed_since(tmp_path, PUSH, {}) is None


def run_as(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name in ("GITHUB_ACTIONS", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_the_command_prints_lines_for_one_workflow(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = repository.commit("docs/a.md")
    repository.commit("ml/train.py")
    run_as(monkeypatch, GITHUB_ACTIONS="true", GITHUB_EVENT_NAME="push", GITHUB_REF_TYPE="branch")
    monkeypatch.setenv("GITHUB_REF_NAME", "main")
    monkeypatch.setenv("MLCI_BASE", base)
    assert select(workflow="ci", root=repository.top) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["-push=true", "-pushed=true", "train=true", "release=false"]


def test_the_command_prints_one_object_for_all(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit("docs/a.md")
    run_as(monkeypatch, CIRCLECI="true", CIRCLE_BRANCH="release/1", MLCI_TRIGGER="webhook", MLCI_BASE="<nil>")
    assert select(root=repository.top) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"ci---push": False, "ci---pushed": True, "ci--train": False, "ci--release": True}


def test_an_unknown_workflow_is_refused(repository: Repository) -> None:
    with pytest.raises(InputError, match="unknown workflow 'cd'"):
        select(workflow="cd", root=repository.top)
