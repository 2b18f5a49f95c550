"""The neutral context, and the conditions that look at it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from engine_kit import commit

from mlci.engine.context import EARLIEST, changed_paths, read_commit, read_context
from mlci.language.catalogue import vendor_ids as ids
from mlci.language.model import Condition
from mlci.planning.conditions import matches, unmet
from mlci.planning.context import Context


def git(root: Path, *words: str) -> str:
    """Run git in a repository."""
    own = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    return subprocess.run(
        ["git", *own, *words], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repo(tmp_path) -> Path:
    (tmp_path / "a.txt").write_text("a")
    commit(tmp_path)
    return tmp_path


def test_outside_any_vendor_git_tells(repo):
    found = read_context({"USER": "ada"}, repo)
    assert found == Context(commit=git(repo, "rev-parse", "HEAD"), branch="main", event="manual", actor="ada")
    git(repo, "tag", "v1.0")
    assert read_context({}, repo).tag == "v1.0"
    assert read_commit(repo).time == int(git(repo, "show", "-s", "--format=%ct"))


def test_a_branch_with_a_slash_and_a_detached_head(repo):
    git(repo, "checkout", "-q", "-b", "feature/x, y".replace(", ", "-"))
    assert read_context({}, repo).branch == "feature/x-y"
    git(repo, "checkout", "-q", "--detach")
    assert read_context({}, repo).branch == ""


def test_without_a_repository_or_a_commit_there_is_still_a_time(tmp_path):
    assert read_commit(tmp_path).time == EARLIEST
    git(tmp_path, "init", "-q")
    assert read_commit(tmp_path) == ("", EARLIEST, "", "")


def test_on_a_ci_product_nobody_knows_the_variables_can_be_set_by_hand(repo):
    found = read_context({"MLCI_VENDOR": "homemade", "MLCI_EVENT": "push", "MLCI_BRANCH": "dev"}, repo)
    assert (found.vendor, found.event, found.branch) == ("homemade", "push", "dev")
    assert found.commit == git(repo, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("vendor", "environ"),
    [
        ("github", {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule"}),
        ("circleci", {"CIRCLECI": "true", "CIRCLE_SHA1": "abc"}),
        ("travis", {"TRAVIS": "true", "TRAVIS_EVENT_TYPE": "cron"}),
    ],
)
def test_each_vendor_is_told_by_its_own_variables(repo, vendor, environ):
    if vendor not in ids():
        pytest.skip(f"the vendor {vendor} is not registered")
    assert read_context(environ, repo).vendor == vendor


def test_changed_paths_are_the_last_commits_and_the_uncommitted(repo):
    assert changed_paths(repo) is None, "there is no commit before the first"
    (repo / "b.txt").write_text("b")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "b")
    (repo / "a.txt").write_text("changed")
    (repo / "new ü.txt").write_text("new")
    assert changed_paths(repo) == ("a.txt", "b.txt", "new ü.txt")


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("main", ["main"], ["mainline", "x/main", ""]),
        ("release/*", ["release/1.0"], ["release/1/2", "release"]),
        ("release/**", ["release/1.0", "release/1/2"], ["releases/1"]),
        ("**/*.py", ["a.py", "a/b/c.py"], ["a.pyc"]),
        ("v?.0", ["v1.0"], ["v10.0", "v/.0"]),
        ("docs/", ["docs/a", "docs/a/b", "docs"], ["docs2/a", "a/docs/b"]),
        ("a+b(c)", ["a+b(c)"], ["aab(c)"]),
        ("*", ["x"], ["x/y"]),
        ("**", ["x", "x/y"], []),
    ],
)
def test_patterns(pattern, yes, no):
    assert all(matches(pattern, value) for value in yes)
    assert not any(matches(pattern, value) for value in no)


def nothing() -> None:
    """Stand for changed paths that nobody knows."""


@pytest.mark.parametrize(
    ("conditions", "context", "reason"),
    [
        ((), Context(), None),
        ((Condition(branch=("main", "dev")),), Context(branch="dev"), None),
        ((Condition(branch=("main",)),), Context(branch="dev"), "only for branch main, not dev"),
        ((Condition(tag=("v*",)),), Context(), "only for tag v*"),
        ((Condition(event=("push",)),), Context(event="pull_request"), "only for push, not pull_request"),
        ((Condition(event=("tag",)),), Context(event="push", tag="v1"), None),
        ((Condition(event=("push",)),), Context(), None),
        (
            (Condition(branch=("main",)), Condition(event=("push",))),
            Context(branch="main", event="schedule"),
            "only for push, not schedule",
        ),
        (
            (Condition(branch=("main",), event=("push",)),),
            Context(branch="x", event="push"),
            "only for branch main, not x",
        ),
        ((Condition(paths=("ml/**",)),), Context(), None),
    ],
)
def test_all_conditions_must_hold(conditions, context, reason):
    assert unmet(conditions, context, nothing) == reason


def test_a_path_condition_asks_for_the_paths_and_no_other_does():
    asked = []

    def changed() -> tuple[str, ...]:
        asked.append(1)
        return ("ml/train.py",)

    assert unmet((Condition(branch=("main",)),), Context(branch="main"), changed) is None
    assert not asked
    assert unmet((Condition(paths=("ml/**",)),), Context(), changed) is None
    assert unmet((Condition(paths=("docs/",)),), Context(), changed) == "nothing in docs/ has changed"
