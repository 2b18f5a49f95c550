"""The action `report`: its one comment, what it compares with, and the whole of it under act."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import act_kit
import actions_kit as kit
import github_api_kit as api_kit
import pytest
from engine_kit import text_of
from github_api_kit import READER, REPOSITORY, TOKEN, GitHub
from report_kit import lay, record

FOLDER = kit.ROOT / "actions" / "report"
MARK = "<!-- mlci report: mlci -->"
REPORT = "## demo / main: 1 job done\n"


@pytest.fixture
def github() -> Iterator[GitHub]:
    with api_kit.serving() as served:
        yield served


def event(number: int | None = 7, home: str = REPOSITORY) -> dict[str, Any]:
    """What GitHub tells of a pull request."""
    if number is None:
        return {"ref": "refs/heads/main"}
    return {
        "number": number,
        "pull_request": {
            "number": number,
            "head": {"ref": "change", "repo": {"full_name": home}},
            "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
        },
    }


class Step:
    """A script of the action, run as a step runs it."""

    def __init__(self, folder: Path, github: GitHub, script: str) -> None:
        self.folder, self.github, self.script = folder, github, script
        (folder / "report.md").write_text(REPORT)
        (folder / "event.json").write_text(json.dumps(event()))

    def run(self, **more: str) -> subprocess.CompletedProcess[str]:
        given = {
            "PATH": os.environ["PATH"],
            "GITHUB_API_URL": self.github.address,
            "GITHUB_GRAPHQL_URL": f"{self.github.address}/graphql",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_OUTPUT": str(self.folder / "outputs"),
            "GITHUB_WORKFLOW_REF": f"{REPOSITORY}/.github/workflows/report.yml@refs/pull/7/merge",
            "MLCI_REPORT": str(self.folder / "report.md"),
            "MLCI_COMMENT": "true",
            "MLCI_MARK": "mlci",
            "MLCI_KEEP": "ml-report",
            "MLCI_TOKEN": TOKEN,
            "MLCI_BASE": "main",
            "MLCI_PLACE": "./.mlci/base",
        }
        words = [sys.executable, str(FOLDER / self.script)]
        env = {**given, **more}
        (self.folder / "outputs").write_text("")
        return subprocess.run(words, env=env, capture_output=True, text=True, timeout=60, check=False)

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.folder / "outputs").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def publish(tmp_path: Path, github: GitHub) -> Step:
    return Step(tmp_path, github, "publish.py")


@pytest.fixture
def base(tmp_path: Path, github: GitHub) -> Step:
    return Step(tmp_path, github, "base.py")


# The comment.


def test_the_report_is_a_comment_that_later_runs_write_anew(publish: Step, github: GitHub) -> None:
    done = publish.run()
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = github.comments
    assert made["body"] == f"{MARK}\n{REPORT}"
    assert publish.outputs["comment"] == made["html_url"]
    (publish.folder / "report.md").write_text("## second\n")
    assert publish.run().returncode == 0
    (again,) = github.comments
    assert again["body"] == f"{MARK}\n## second\n"
    assert [method for method, _ in github.written()] == ["POST", "PATCH"]
    assert (publish.folder / "summary.md").read_text() == f"{REPORT}## second\n"


def test_the_comment_is_found_on_whatever_page_it_stands(publish: Step, github: GitHub) -> None:
    for at in range(250):
        github.add("ada", f"remark {at}")
    mine = github.add("github-actions[bot]", f"{MARK}\nold")
    for at in range(70):
        github.add("ada", f"remark {at}")
    assert publish.run().returncode == 0
    assert mine["body"] == f"{MARK}\n{REPORT}"
    assert len(github.comments) == 321


def test_nobody_elses_comment_is_written_over(publish: Step, github: GitHub) -> None:
    others = [
        github.add("mallory", f"{MARK}\nnot the report"),
        github.add("github-actions[bot]", f"quoted: {MARK}"),
        github.add("github-actions[bot]", "<!-- mlci report: other -->\nanother report"),
    ]
    before = [dict(each) for each in others]
    assert publish.run().returncode == 0
    assert github.comments[:3] == before
    assert github.comments[3]["body"] == f"{MARK}\n{REPORT}"


def test_a_persons_token_finds_that_persons_comment(publish: Step, github: GitHub) -> None:
    github.add("github-actions[bot]", f"{MARK}\nof the bot")
    for _ in range(2):
        assert publish.run(MLCI_TOKEN=api_kit.PERSON).returncode == 0
    assert [each["user"]["login"] for each in github.comments] == ["github-actions[bot]", "ada"]


def test_two_reports_of_one_pull_request_have_comments_of_their_own(publish: Step, github: GitHub) -> None:
    for mark in ("one", "two --> <b>", "one"):
        assert publish.run(MLCI_MARK=mark).returncode == 0
    marks = [each["body"].splitlines()[0] for each in github.comments]
    assert marks == ["<!-- mlci report: one -->", "<!-- mlci report: two --- -b- -->"]


@pytest.mark.parametrize("home", [REPOSITORY, "fork/model"])
def test_a_token_that_can_only_read_is_said_and_fails_nothing(
    publish: Step, github: GitHub, home: str
) -> None:
    (publish.folder / "event.json").write_text(json.dumps(event(home=home)))
    done = publish.run(MLCI_TOKEN=READER)
    assert done.returncode == 0
    assert github.comments == []
    assert (
        "::warning title=mlci report::cannot comment on pull request 7: Resource not accessible"
        in done.stdout
    )
    assert ("comes from a fork" in done.stdout) == (home != REPOSITORY)
    assert ("pull-requests: write" in done.stdout) == (home == REPOSITORY)
    assert (publish.folder / "summary.md").read_text() == REPORT
    assert publish.outputs["comment"] == ""


@pytest.mark.parametrize("told", [{"MLCI_COMMENT": "false"}, {"MLCI_COMMENT": "true"}])
def test_without_a_pull_request_or_the_wish_there_is_the_summary_alone(
    publish: Step, github: GitHub, told: dict[str, str]
) -> None:
    (publish.folder / "event.json").write_text(json.dumps(event(None)))
    assert publish.run(**told).returncode == 0
    assert github.asked == []
    assert (publish.folder / "summary.md").read_text() == REPORT
    assert publish.run(MLCI_PULL_REQUEST="7").returncode == 0
    assert len(github.comments) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_passes_is_waited_for(publish: Step, github: GitHub, status: int) -> None:
    github.faults = [("GET", status, {"Retry-After": "0"}), ("POST", 429, {"Retry-After": "1"})]
    assert publish.run().returncode == 0
    assert len(github.comments) == 1
    assert github.faults == []


def test_a_limit_that_says_403_is_waited_for(publish: Step, github: GitHub) -> None:
    github.faults = [("POST", 403, {"Retry-After": "1"})]
    assert publish.run().returncode == 0
    assert len(github.comments) == 1


def test_an_answer_that_got_lost_makes_no_second_comment(publish: Step, github: GitHub) -> None:
    github.lost = ["POST"]
    assert publish.run().returncode == 0
    assert len(github.comments) == 1
    assert [method for method, _ in github.written()] == ["POST", "PATCH"]


def test_what_does_not_pass_fails_with_what_github_said(publish: Step, github: GitHub) -> None:
    done = publish.run(MLCI_TOKEN="unknown")
    assert done.returncode == 1
    assert (
        "::error title=mlci report::cannot comment on pull request 7: Bad credentials (status 401)"
        in done.stdout
    )
    assert (publish.folder / "summary.md").read_text() == REPORT


def test_a_github_that_is_out_of_reach_is_said(publish: Step) -> None:
    done = publish.run(GITHUB_API_URL="http://127.0.0.1:1")
    assert done.returncode == 1
    assert "no answer" in done.stdout and "Traceback" not in done.stderr


def test_no_redirection_takes_the_token_along(publish: Step, github: GitHub) -> None:
    with api_kit.serving() as other:
        there = f"{other.address}/repos/{REPOSITORY}/issues/7/comments"
        github.faults = [("GET", 302, {"Location": there})]
        assert publish.run().returncode == 1
        assert other.asked == []


def test_a_long_report_is_cut_at_a_line_with_its_folds_closed(publish: Step, github: GitHub) -> None:
    rows = "".join(f"| `metric {at}` | ▁▂▃ |\n" for at in range(5000))
    report = (
        f"{REPORT}\n<details><summary>5000 more</summary>\n\n| a | b |\n| --- | --- |\n{rows}\n</details>\n"
    )
    (publish.folder / "report.md").write_text(report)
    assert publish.run().returncode == 0
    (made,) = github.comments
    assert 60_000 < len(made["body"]) < api_kit.MOST
    assert made["body"].count("<details>") == made["body"].count("</details>") == 1
    cut = made["body"].split("</details>")[0].rstrip().splitlines()[-1]
    assert cut.endswith("| ▁▂▃ |")
    assert "cut here; the whole of it is in the run's artifact ml-report" in made["body"]
    assert (publish.folder / "summary.md").read_text() == report
    (publish.folder / "summary.md").unlink()
    (publish.folder / "report.md").write_text(REPORT + rows * 12)
    assert publish.run().returncode == 0
    assert 900_000 < len((publish.folder / "summary.md").read_bytes()) < 2**20


# What it compares with.


def good_run(number: int, **more: Any) -> dict[str, Any]:
    home = {"full_name": REPOSITORY}
    return {"id": number, "head_branch": "main", "event": "push", "head_repository": home, **more}


def artifact(*, expired: bool = False) -> list[dict[str, Any]]:
    return [{"id": 1, "name": "ml-report", "expired": expired}]


def test_the_last_good_run_with_a_report_is_found(base: Step, github: GitHub) -> None:
    github.runs = [
        good_run(5, event="pull_request"),
        good_run(4, head_repository={"full_name": "mallory/model"}),
        good_run(3),
        good_run(2),
        good_run(1),
    ]
    github.artifacts = {5: artifact(), 4: artifact(), 3: artifact(expired=True), 2: artifact(), 1: artifact()}
    assert base.run().returncode == 0
    assert base.outputs == {"run": "2", "report": "./.mlci/base/report.json"}


def test_when_there_is_no_such_run_that_is_a_notice(base: Step, github: GitHub) -> None:
    github.runs = [good_run(3)]
    done = base.run()
    assert (done.returncode, base.outputs) == (0, {})
    assert done.stdout.startswith("::notice title=mlci report::no good run of main has left a report yet")


def test_a_token_that_may_not_see_runs_is_said_and_fails_nothing(base: Step, github: GitHub) -> None:
    github.faults = [("GET", 403, {})]
    done = base.run()
    assert (done.returncode, base.outputs) == (0, {})
    assert "::warning title=mlci report::the runs of main cannot be read" in done.stdout
    assert "actions: read" in done.stdout


# The whole, from another repository.

PIPELINE = text_of(
    """
    prepare:
      run: |
        echo '{"loss": [1.0, 0.5]}' > history.json
        echo '{"loss": 0.5, "rows": 12}' > metrics.json
        cp metrics.json prepared
      outputs: [prepared, history.json]
      metrics: metrics.json
    """,
    "[prepare]",
    on="{push: {branches: [main]}, pull_request: true}",
)


@pytest.mark.real
def test_the_readmes_usage_reports_on_a_pull_request_of_another_repository(
    tmp_path: Path, github: GitHub
) -> None:
    top = tmp_path / "work"
    top.mkdir()
    (top / "mlci.yaml").write_text(PIPELINE)
    kit.commit(top, ("report",))
    mlci, programs = kit.checkout(tmp_path / "mlci"), kit.python(tmp_path / "python")
    (tmp_path / "event.json").write_text(json.dumps(event()))
    old = lay(tmp_path / "old", record("prepare", metrics={"loss": 0.75, "rows": 12}, workflow="main"))
    words = [sys.executable, "-m", "mlci", "report", "--records", str(old), "-o", "report.json"]
    (tmp_path / "artifacts-41" / "ml-report").mkdir(parents=True)
    subprocess.run(words, cwd=tmp_path / "artifacts-41" / "ml-report", check=True)
    github.runs, github.artifacts = [good_run(41)], {41: artifact()}
    for _ in range(2):
        status, said = act_pull_request(top, mlci, programs, github)
        assert status == 0, said
    (made,) = github.comments
    assert made["body"].startswith(f"{MARK}\n## demo / main: 1 job done")
    assert "| `loss` | `prepare` | 0.75 | 0.5 | -0.25 |" in made["body"]
    assert "| `loss` | `prepare` | █▁ | 1 → 0.5 | 2 |" in made["body"]
    assert [method for method, _ in github.written()] == ["POST", "PATCH"]
    kept = tmp_path / "artifacts" / "ml-report"
    assert sorted(path.name for path in kept.iterdir()) == ["report.html", "report.json", "report.md"]
    assert made["body"].endswith((kept / "report.md").read_text())
    shutil.rmtree(tmp_path / "artifacts")
    status, said = act_pull_request(top, mlci, programs, github, token=READER, home="fork/model")
    assert status == 0, said
    assert "comes from a fork" in said
    assert len(github.comments) == 1


def act_pull_request(
    top: Path, mlci: Path, programs: Path, github: GitHub, *, token: str = TOKEN, home: str = REPOSITORY
) -> tuple[int, str]:
    """Run a repository's workflows by act, as for a pull request on a GitHub of ours."""
    (top.parent / "event.json").write_text(json.dumps(event(home=home)))
    told = {
        "GITHUB_API_URL": github.address,
        "GITHUB_GRAPHQL_URL": f"{github.address}/graphql",
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_WORKFLOW_REF": f"{REPOSITORY}/.github/workflows/report.yml@refs/pull/7/merge",
    }
    more = ["--eventpath", str(top.parent / "event.json"), "--secret", f"GITHUB_TOKEN={token}"]
    for name, value in told.items():
        more += ["--env", f"{name}={value}"]
    return act_kit.act(top, "pull_request", programs=programs, more=[*more, *kit.serving(mlci)])
