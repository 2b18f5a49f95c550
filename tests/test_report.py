"""`mlci report`: what real runs and hostile records come to, in every format."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from amount_kit import examples
from engine_kit import commit, environ, go, repository, text_of
from hypothesis import given
from hypothesis import strategies as st
from report_kit import CONTEXT, Seen, history, lay, made, record

from mlci.engine.exec import Request as Job
from mlci.engine.exec import exec_stage
from mlci.engine.record import Timing
from mlci.engine.workspace import Workspace
from mlci.errors import InputError
from mlci.report import curves, data, direction, markdown, page, rows, text, wording
from mlci.report.assembly import Assembled, Request, assemble
from mlci.report.markdown import markdown as as_markdown

STAGES = """
build:
  run: "mkdir -p data && cp src.txt data/a.txt"
  inputs: [src.txt]
  outputs: [data/]
train:
  run: |
    mkdir -p model metrics
    echo "$MLCI_PARAM_EPOCHS" > model/weights.txt
    echo '{"loss": [1.0, 0.5, 0.25], "val_loss": [1.1, 0.7, 0.6]}' > metrics/history.json
    echo "{\\"loss\\": 0.25, \\"epochs\\": $MLCI_PARAM_EPOCHS}" > metrics/train.json
  inputs: [data/a.txt]
  params: {epochs: 3}
  outputs: [model/, metrics/history.json]
  metrics: metrics/train.json
check:
  uses: train-check
  with: {history: metrics/history.json, min_fall: 0.5, max_rise: 1}
deploy:
  run: "cat model/weights.txt"
  inputs: [model/]
  secrets: [TOKEN]
  if: {event: push}
"""
FILES = {"src.txt": "one\n"}
SECRET = "kept-secret-value"


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """A repository whose pipeline has run, committed on main."""
    root = tmp_path / "work"
    pipeline = repository(root, text_of(STAGES, "[build, train, check, deploy]"), FILES)
    (root / ".gitignore").write_text("/.mlci/\n/data/\n/model/\n/metrics/\n")
    commit(root)
    outcome, _ = go(pipeline, root, env={"TOKEN": SECRET}, event="push")
    assert outcome.exit_status == 0
    return root


def mlci(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = environ(NO_COLOR="1")
    return subprocess.run(
        [sys.executable, "-m", "mlci", *words], cwd=root, env=env, capture_output=True, text=True, timeout=60
    )


def change(root: Path, old: str, new: str, *, env: dict[str, str] | None = None) -> None:
    """Change mlci.yaml and run it, on a branch of its own."""
    subprocess.run(["git", "checkout", "-q", "-b", "change"], cwd=root, check=True)
    changed = (root / "mlci.yaml").read_text().replace(old, new)
    pipeline = repository(root, changed)
    commit(root)
    go(pipeline, root, env={"TOKEN": SECRET, **(env or {})}, event="push")


def metric(found: Assembled, name: str, job: str = "train") -> Any:
    return next(each for each in found.report.metrics if (each.job, each.name) == (job, name))


def every_format(found: Assembled) -> dict[str, str]:
    return {
        "markdown": as_markdown(found.report),
        "html": page.page(found.report),
        "json": data.text(found.report, found.records),
        "text": text.text(found.report, text.Style()),
    }


# What a run came to.


def test_a_run_is_reported_with_its_metrics_checks_and_curves(ran: Path) -> None:
    found = assemble(Request(ran))
    report = found.report
    assert (report.title, report.verdict) == ("demo / main", "4 jobs done, 4 checks passed")
    assert report.context["branch"] == "main" and len(report.context["commit"]) == 40
    assert [(job.id, job.state) for job in report.jobs] == [
        (job, "done") for job in ("build", "train", "check", "deploy")
    ]
    assert metric(found, "loss").value == 0.25
    (curve,) = report.curves
    assert (curve.job, curve.file, curve.name) == ("train", "metrics/history.json", "loss")
    assert [(line.label, line.values) for line in curve.lines] == [
        ("training", (1.0, 0.5, 0.25)),
        ("validation", (1.1, 0.7, 0.6)),
    ]
    shown = every_format(found)
    assert "| `loss` | `train` | 0.25 |" in shown["markdown"]
    assert "| `loss` training | `train` | █▃▁ | 1 → 0.25 | 3 |" in shown["markdown"]
    assert "loss            train  0.25" in re.sub("loss +train +", "loss            train  ", shown["text"])
    assert json.loads(shown["json"])["metrics"][1]["name"] == "loss"


def test_the_command_prints_and_writes_by_the_names_endings(ran: Path) -> None:
    done = mlci(ran, "report")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("demo / main: 4 jobs done, 4 checks passed\n")
    done = mlci(ran, "report", "-o", "r.md", "-o", "r.html", "-o", "r.json", "-o", "-")
    assert done.stdout.startswith("wrote r.md\nwrote r.html\nwrote r.json\ndemo / main:")
    assert (ran / "r.md").read_text().startswith("## demo / main: 4 jobs done")
    assert (ran / "r.html").read_text().startswith("<!doctype html>")
    assert json.loads((ran / "r.json").read_text())["format"] == data.FORMAT
    assert mlci(ran, "report", "--format", "markdown").stdout == (ran / "r.md").read_text()


def test_a_run_with_a_failure_is_reported_and_what_it_left_over_is_said(ran: Path) -> None:
    change(ran, 'echo "$MLCI_PARAM_EPOCHS" >', "exit 3; echo >")
    found = assemble(Request(ran))
    jobs = {job.id: job for job in found.report.jobs}
    assert not found.report.good
    assert (jobs["train"].state, jobs["train"].said) == ("failed", "failed")
    assert "exit status 3" in jobs["train"].message
    assert jobs["build"].earlier == ""
    assert "'train' has failed since" in jobs["check"].earlier
    for shown in every_format(found).values():
        assert "exit status 3" in shown
    assert "of an earlier run: 'train' has failed since" in as_markdown(found.report)
    done = mlci(ran, "report")
    assert done.returncode == 0
    assert "1 failed" in done.stdout


def test_a_missed_gate_is_named_in_every_format(tmp_path: Path) -> None:
    held = record(
        "test",
        command={"uses": "evaluate", "with": {"gates": {"accuracy": ">= 0.9"}}},
        metrics={"accuracy": 0.8, "precision_0": 0.7},
        checks={"accuracy >= 0.9": False},
        status="failed",
        exit_status=1,
        message="'test' failed its check 'accuracy >= 0.9': expected accuracy >= 0.9, found 0.8",
    )
    found = made(tmp_path, held)
    assert found.report.verdict == "0 of 1 jobs done, 1 failed, 1 of 1 checks missed"
    assert metric(found, "accuracy", "test").passed is False
    shown = every_format(found)
    assert "| `accuracy` | `test` | 0.8 | `>= 0.9` ✗ missed |" in shown["markdown"]
    assert "missed: `accuracy >= 0.9`" in shown["markdown"]
    assert ">= 0.9 ✗ missed" in Seen(shown["html"]).text
    assert "missed: accuracy >= 0.9" in shown["text"]


def test_what_is_not_there_is_said_not_left_out(ran: Path) -> None:
    (ran / ".mlci/handoff/check/record.json").write_text("{")
    (ran / ".mlci/handoff/train/record.json").unlink()
    found = assemble(Request(ran))
    jobs = {job.id: job for job in found.report.jobs}
    assert jobs["train"].state == "none"
    assert jobs["check"].state == "damaged"
    assert "is no record of mlci, or is damaged" in jobs["check"].message
    assert "2 of 4 jobs done, 1 damaged, 1 without a record" in found.report.verdict
    assert "– no record" in as_markdown(found.report)


def test_a_job_whose_conditions_do_not_hold_is_skipped(ran: Path) -> None:
    pipeline = repository(ran, (ran / "mlci.yaml").read_text())
    for job in ("build", "train", "check", "deploy"):
        (ran / ".mlci/handoff" / job / "record.json").unlink()
    go(pipeline, ran, event="pull_request")
    jobs = {job.id: job for job in assemble(Request(ran)).report.jobs}
    assert (jobs["train"].state, jobs["deploy"].state) == ("done", "skipped")
    assert jobs["deploy"].message == "only for push, not pull_request"


def test_a_job_that_could_not_begin_is_reported(tmp_path: Path) -> None:
    pipeline = repository(tmp_path, text_of("a: {run: 'true', inputs: [lost]}", "[a]"), {"lost": ""})
    (tmp_path / "lost").unlink()
    with pytest.raises(InputError):
        exec_stage(pipeline, Job("a"), Workspace(tmp_path, environ()), lambda line: None)
    (job,) = assemble(Request(tmp_path)).report.jobs
    assert (job.state, job.said) == ("failed", "could not begin")
    assert "'lost' of 'a' is not there" in job.message


def test_secrets_are_nowhere(ran: Path) -> None:
    change(ran, "cat model/weights.txt", "echo $TOKEN; echo $TOKEN >&2; exit 4")
    for shown in every_format(assemble(Request(ran, against="main"))).values():
        assert "exit status 4" in shown
        assert SECRET not in shown


# Beside another run.


@pytest.mark.parametrize("how", ["revision", "folder", "report", "checkout"])
def test_metrics_stand_beside_those_of_another_run(ran: Path, tmp_path: Path, how: str) -> None:
    kept = tmp_path / "kept"
    assert mlci(ran, "report", "-o", str(kept / "report.json")).returncode == 0
    (ran / ".mlci/handoff").rename(kept / ".mlci-handoff")
    lay(ran / ".mlci/handoff")
    asked = {"revision": "main", "folder": str(kept / ".mlci-handoff"), "report": str(kept / "report.json")}
    if how == "checkout":
        (kept / "work/.mlci").mkdir(parents=True)
        (kept / ".mlci-handoff").rename(kept / "work/.mlci/handoff")
    change(ran, "epochs: 3", "epochs: 5")
    found = assemble(Request(ran, against=asked.get(how, str(kept / "work"))))
    epochs = metric(found, "epochs")
    assert (epochs.before, epochs.value, epochs.change) == (3, 5, 2)
    assert epochs.verdict == "", "nobody said which way is better"
    assert [(each.job, each.reasons) for each in found.report.changes] == [
        ("train", ("params.epochs changed 3 → 5",))
    ]
    assert wording.heading(found.report).startswith("main at ")
    shown = every_format(found)
    assert re.search(r"\| `epochs` \| `train` \| 3 \| 5 \| \+2 \|", shown["markdown"])
    assert "params.epochs changed 3 → 5" in Seen(shown["html"]).text
    assert "unchanged" in next(wording.remark(job) for job in found.report.jobs if job.id == "build")
    (curve,) = found.report.curves
    drawn = [line.values for line in curve.before]
    assert drawn == ([] if how in ("folder", "checkout") else [(1.0, 0.5, 0.25), (1.1, 0.7, 0.6)])


def test_of_a_revision_the_store_tells_also_when_inputs_changed_on_the_way(ran: Path) -> None:
    """`train` reads a file within an output: at main, the digest of that file is in the bundle's manifest."""
    subprocess.run(["git", "checkout", "-q", "-b", "change"], cwd=ran, check=True)
    (ran / "src.txt").write_text("two\n")
    pipeline = repository(ran, (ran / "mlci.yaml").read_text().replace("epochs: 3", "epochs: 9"))
    commit(ran)
    go(pipeline, ran, env={"TOKEN": SECRET}, event="push")
    found = assemble(Request(ran, against="main"))
    assert metric(found, "epochs").before == 3
    assert ("build", ("input src.txt changed",)) in [
        (each.job, each.reasons) for each in found.report.changes
    ]


def test_of_a_revision_nothing_is_written_and_its_branch_stays(ran: Path) -> None:
    change(ran, "epochs: 3", "epochs: 5")
    words = ["git", "status", "--porcelain", "--branch"]
    before = subprocess.run(words, cwd=ran, capture_output=True, text=True, check=True).stdout
    index = (ran / ".git/index").read_bytes()
    assemble(Request(ran, against="main"))
    assert subprocess.run(words, cwd=ran, capture_output=True, text=True, check=True).stdout == before
    assert (ran / ".git/index").read_bytes() == index
    assert not (ran / ".git/worktrees").exists()


def test_without_the_store_the_metrics_that_git_holds_stand_in(ran: Path) -> None:
    subprocess.run(["git", "add", "-f", "metrics/train.json"], cwd=ran, check=True)
    commit(ran)
    change(ran, "epochs: 3", "epochs: 5")
    for key in (ran / ".mlci/store/keys").rglob("*.json"):
        key.unlink()
    found = assemble(Request(ran, against="main"))
    assert metric(found, "epochs").before == 3
    assert "the metrics of train are those that main holds in git" in found.report.notes


def test_in_a_folder_of_the_repository_a_revision_serves_too(ran: Path, tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "sub").mkdir(parents=True)
    pipeline = repository(top / "sub", text_of(STAGES, "[build, train]"), FILES)
    (top / "sub" / ".gitignore").write_text("/.mlci/\n/data/\n/model/\n/metrics/\n")
    commit(top)
    go(pipeline, top / "sub", event="push")
    text = (top / "sub/mlci.yaml").read_text().replace("epochs: 3", "epochs: 4")
    go(repository(top / "sub", text), top / "sub", event="push")
    assert metric(assemble(Request(top / "sub", against="HEAD")), "epochs").before == 3


def test_of_a_revision_that_nobody_ran_that_is_said(ran: Path) -> None:
    change(ran, "epochs: 3", "epochs: 5")
    subprocess.run(["git", "checkout", "-q", "-b", "other", "main"], cwd=ran, check=True)
    repository(ran, (ran / "mlci.yaml").read_text().replace("epochs: 3", "epochs: 77"))
    (ran / "src.txt").write_text("new\n")
    commit(ran)
    subprocess.run(["git", "checkout", "-q", "change"], cwd=ran, check=True)
    found = assemble(Request(ran, against="other"))
    assert metric(found, "epochs").before is None
    assert any(note.startswith("nothing is known of other") for note in found.report.notes)
    assert as_markdown(found.report)


WRONG = {
    "gone": "'gone' is no folder, no report and no revision of git",
    "--all": "'--all' is no folder, no report and no revision of git",
    ".git": "there are no records in .git",
    "mlci.yaml": "cannot read the report mlci.yaml",
    "other.json": "other.json is no report of mlci, or is damaged",
}


@pytest.mark.parametrize("asked", WRONG)
def test_what_is_nothing_to_compare_with_is_an_error_with_help(ran: Path, asked: str) -> None:
    (ran / "other.json").write_text('{"format": "mlci-report/1", "records": [{}]}')
    done = mlci(ran, "report", f"--against={asked}")
    assert done.returncode == 2
    assert WRONG[asked] in done.stderr
    assert "help: " in done.stderr


def test_which_way_is_better_is_only_said_when_it_is_known(tmp_path: Path) -> None:
    gates = {"f1": ">= 0.5", "latency": "< 30", "share": "== 1", "odd": "about 3"}
    metrics = {"f1": 0.6, "latency": 20.0, "share": 1.0, "odd": 3.0, "accuracy": 0.9}
    own = record("own", command={"uses": "acme-test", "with": {"gates": gates}}, metrics=metrics)
    test = record(
        "test",
        command={"uses": "evaluate", "with": {"gates": {"accuracy": "<= 0.99"}}},
        metrics={"accuracy": 0.9, "loss": 0.3, "recall_1": 0.7},
    )
    before = {name: value - 0.1 for name, value in metrics.items()}
    lay(tmp_path / "before", own._replace(metrics=before))
    lay(tmp_path / "before", test._replace(metrics={"accuracy": 0.8, "loss": 0.2, "recall_1": 0.7}))
    found = made(tmp_path, own, test, against=str(tmp_path / "before"))
    judged = {(each.job, each.name): each.verdict for each in found.report.metrics}
    assert judged == {
        ("own", "f1"): "better",
        ("own", "latency"): "worse",
        ("own", "share"): "",
        ("own", "odd"): "",
        ("own", "accuracy"): "",
        ("test", "accuracy"): "better",
        ("test", "loss"): "worse",
        ("test", "recall_1"): "",
    }
    arrows = {
        line.split("|")[1].strip(): line for line in as_markdown(found.report).splitlines() if "|" in line
    }
    assert "↑ better" in arrows["`f1`"] and "↑ worse" in arrows["`latency`"]
    assert not re.search("[↑↓]", arrows["`share`"])


def test_what_retraining_and_training_checks_mean_is_known() -> None:
    retrained = record(command={"uses": "retrain", "with": {"metric": "loss"}})
    assert direction.directions(retrained) == {"accuracy": 1, "loss": -1}
    checked = record(command={"uses": "train-check", "with": {"loss": "mae"}})
    assert direction.directions(checked) == {"mae": -1, "val_mae": -1}


# Where records lie.


def test_records_are_found_in_artifacts_however_they_were_fetched(ran: Path, tmp_path: Path) -> None:
    handoff = ran / ".mlci/handoff"
    fetched = tmp_path / "fetched"
    (fetched / "mlci-build").mkdir(parents=True)
    for name in ("train", "check"):  # a matrix's artifact holds folders; one that came alone, none
        lay(fetched / "mlci-of-a-matrix.1" / name)
        (fetched / "mlci-of-a-matrix.1" / name).mkdir(parents=True)
        (handoff / name / "record.json").rename(fetched / "mlci-of-a-matrix.1" / name / "record.json")
    (handoff / "build/record.json").rename(fetched / "mlci-build/record.json")
    (handoff / "deploy/record.json").rename(fetched / "record.json")
    report = assemble(Request(ran, (fetched,))).report
    assert {job.id: job.state for job in report.jobs} == dict.fromkeys(
        ("build", "train", "check", "deploy"), "done"
    )


def test_of_two_records_of_a_job_the_later_one_counts(tmp_path: Path) -> None:
    lay(tmp_path / "a", record(second=2, metrics={"x": 2.0}))
    lay(tmp_path / "b", record(second=1, metrics={"x": 1.0}))
    found = assemble(Request(tmp_path, (tmp_path / "a", tmp_path / "b")))
    assert metric(found, "x").value == 2.0


def test_of_several_workflows_the_last_is_shown_and_the_others_named(tmp_path: Path) -> None:
    early, late = record("one", workflow="nightly"), record("two", second=3)
    found = made(tmp_path, early, late)
    assert (found.report.workflow, [job.id for job in found.report.jobs]) == ("main", ["two"])
    assert "there are records of nightly, too; --workflow shows them" in found.report.notes
    assert made(tmp_path, early, late, workflow="nightly").report.workflow == "nightly"
    with pytest.raises(InputError, match="no records of a workflow 'nightli'") as caught:
        made(tmp_path, early, late, workflow="nightli")
    assert caught.value.help == "did you mean 'nightly'?"


def test_without_records_the_error_says_how_to_come_by_them(tmp_path: Path) -> None:
    done = mlci(tmp_path, "report")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "error: there are no records: .mlci/handoff is not a folder\nhelp: run `mlci run`"
    )
    (tmp_path / "empty").mkdir()
    assert "there are no records in empty" in mlci(tmp_path, "report", "--records", "empty").stderr


def test_a_pipeline_that_cannot_be_read_is_a_note(ran: Path) -> None:
    (ran / "mlci.yaml").write_text("version: 1\nstagse: {}\n")
    report = assemble(Request(ran)).report
    assert len(report.jobs) == 4
    assert any("mlci.yaml is not as it should be" in note for note in report.notes)


# Curves and packages.


def test_curves_come_from_bundles_where_outputs_are_not(ran: Path, tmp_path: Path) -> None:
    pipeline = repository(ran, (ran / "mlci.yaml").read_text())
    (ran / ".mlci/handoff/train/record.json").unlink()
    status, _ = exec_stage(pipeline, Job("train", store=""), Workspace(ran, environ()), lambda line: None)
    assert status == 0
    (ran / ".mlci/handoff/train").rename(tmp_path / "artifact")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    found = assemble(Request(elsewhere, (tmp_path / "artifact",)))
    assert [curve.name for curve in found.report.curves] == ["loss"]
    bundle = tmp_path / "artifact/bundle.tar"
    bundle.write_bytes(bundle.read_bytes().replace(b"[1.0, 0.5, 0.25]", b"[9.0, 9.5, 9.25]"))
    assert assemble(Request(elsewhere, (tmp_path / "artifact",))).report.curves == ()


def test_a_file_that_has_changed_since_is_not_shown_as_the_jobs(ran: Path) -> None:
    (ran / "metrics/history.json").write_text(history(loss=[0.1, 0.0]))
    assert assemble(Request(ran)).report.curves == ()


def test_a_history_is_known_by_its_name_its_loss_or_who_reads_it() -> None:
    series = {"mae": [1.0, 2.0], "note": "x", "lr": [0.1]}
    documents = [
        curves.Document(path, data)
        for path, data in (
            ("metrics/history.json", series),
            ("log.json", {"loss": [2, 1]}),
            ("predictions.json", {"y": [1, 2, 3]}),
            ("steps.json", [{"reward": 1}, {"reward": None}]),
        )
    ]
    found = list(curves.curves(record(), documents, frozenset({"steps.json"})))
    assert [(curve.file, curve.name) for curve in found] == [
        ("metrics/history.json", "mae"),
        ("log.json", "loss"),
        ("steps.json", "reward"),
    ]
    assert found[2].lines[0].values == (1.0, None)


def test_a_long_training_is_thinned_and_keeps_its_ends() -> None:
    line = curves.line("", [float(value) for value in range(100_000)])
    assert len(line.values) == curves.DRAWN
    assert (line.values[0], line.values[-1], line.epochs) == (0.0, 99_999.0, 100_000)


def test_a_package_is_shown_beside_the_one_before(tmp_path: Path) -> None:
    folders = []
    for version, identity in ((3, "a" * 64), (4, "b" * 64)):
        manifest = {"format": "mlci-package/1", "name": "digits", "version": version, "files": {}}
        manifest |= {"identity": f"savedmodel:{identity}", "blessed": True, "parameters": 8714}
        root = tmp_path / str(version)
        stages = "pack: {run: 'mkdir dist && cp made.json dist/manifest.json', outputs: [dist/]}"
        pipeline = repository(root, text_of(stages, "[pack]"), {"made.json": json.dumps(manifest)})
        exec_stage(pipeline, Job("pack", store=""), Workspace(root, environ()), lambda line: None)
        folders.append(root / ".mlci/handoff")
    found = assemble(Request(tmp_path, (folders[1],), against=str(folders[0])))
    (package,) = found.report.packages
    assert (package.name, package.version, package.before, package.same) == ("digits", 4, "digits 3", False)
    assert "| `digits 4` | `savedmodel:bbbbbbbbbbbbb` | yes | digits 3, another model |" in as_markdown(
        found.report
    )
    assert "8,714" in Seen(page.page(found.report)).text


# Hostile records.

NASTY = "</script><img src=x onerror=alert(1)> `x` |a|\n## b @acme/all \x1b[31m \u202e \\| <!-- {{7*7}} &lt;"


def nasty() -> list[Any]:
    hostile = record(
        "job",
        stage=NASTY,
        workflow=NASTY,
        params={NASTY: NASTY},
        metrics={NASTY: 1.0, "big": 10**400, "nan": float("nan"), "inf": float("inf"), "x" * 5000: 2.0},
        checks={NASTY: False, "y" * 5000: True},
        status="failed",
        exit_status=1,
        message=NASTY * 100,
        context={**CONTEXT, "branch": NASTY, "run_url": "javascript:alert(1)", "event": NASTY},
        ingredients={f"param.{NASTY}": NASTY},
    )
    return [hostile, hostile._replace(job=NASTY)]


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    for at, each in enumerate(nasty()):
        for folder, held in (("records", each), ("before", each._replace(ingredients={"param.x": 1}))):
            (tmp_path / folder / str(at)).mkdir(parents=True)
            (tmp_path / folder / str(at) / "record.json").write_text(held.text())
    found = assemble(Request(tmp_path, (tmp_path / "records",), against=str(tmp_path / "before")))
    shown = every_format(found)
    seen = Seen(shown["html"])
    assert not {"script", "img"} & seen.tags
    assert "onerror=alert(1)" in seen.text
    assert {name for name, _ in seen.attributes if name.startswith("on")} == set()
    assert not any("javascript" in value for _, value in seen.attributes)
    for name in ("markdown", "html", "text"):
        assert "\x1b" not in shown[name] and "\u202e" not in shown[name]
    assert not re.search("@[A-Za-z]", shown["markdown"])
    assert not re.search(r"(?<!\\)<(img|!--|/script)", shown["markdown"])
    for table in tables(shown["markdown"]):
        assert len({len(re.findall(CELL_END, line)) for line in table}) == 1
    back = json.loads(shown["json"], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert data.read_report(back) is not None


def test_hostile_curves_of_a_baseline_stay_texts(tmp_path: Path) -> None:
    """Whoever wrote the report that is compared with, nothing of it becomes markup."""
    line = {"label": NASTY, "values": [1, None, 2], "epochs": 3, "first": 1, "last": 2}
    held = record(outputs={"history.json": "x"})
    drawn = curves.Curve("train", "history.json", NASTY, (curves.line("", [1.0, 2.0]),))
    was = Assembled(made(tmp_path, held).report._replace(curves=(drawn,)), (held,))
    said = json.loads(every_format(was)["json"])
    said["curves"][0]["lines"] = [line]
    back = data.read_report(said)
    assert back is not None
    both = was.report._replace(curves=(drawn._replace(before=back.curves[0].lines),))
    shown = every_format(Assembled(both, ()))
    seen = Seen(shown["html"])
    assert not {"script", "img"} & seen.tags and "svg" in seen.tags
    assert any(name == "aria-label" and NASTY[:20] in value for name, value in seen.attributes)
    assert not re.search(r"(?<!\\)<(img|!--|/script)", shown["markdown"])
    assert not re.search("@[A-Za-z]", shown["markdown"])


CELL_END = r"(?<!\\)(?:\\\\)*\|"


def tables(text: str) -> list[list[str]]:
    parts = re.findall(r"(?:^\|.*\n)+", text, re.M)
    assert parts
    return [part.splitlines() for part in parts]


@given(st.text(max_size=300))
def test_any_text_is_one_cell_of_markdown(value: str) -> None:
    for shown in (markdown.code(value), markdown.escape(value)):
        assert "\n" not in shown and "\r" not in shown
        assert not re.search(CELL_END, shown)
        assert not re.search("@[^\u200b]", shown)
        assert not re.search(r"(?<![\\&])<(?!/?code>)", shown) or "`" in shown
    spans = markdown.code(value)
    assert spans.count("`") in (0, 2)


@examples(60)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=8), st.data())
def test_whatever_a_field_holds_a_report_is_made_or_the_record_is_damaged(value: Any, draw: Any) -> None:
    from tempfile import TemporaryDirectory

    said = json.loads(record(metrics={"x": 1.0}, checks={"y": True}).text())
    said[draw.draw(st.sampled_from(sorted(said)))] = value
    with TemporaryDirectory() as folder:
        root = Path(folder)
        lay(root / "records", record("other"))
        (root / "records/train").mkdir()
        (root / "records/train/record.json").write_text(json.dumps(said))
        found = assemble(Request(root, (root / "records",), workflow="main"))
        assert all(every_format(found).values())


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1, 1e300, 10**400])
def test_times_that_are_none_are_not_shown(tmp_path: Path, seconds: float) -> None:
    timed = record()._replace(timing=Timing("2026-01-01", "2026-01-01", seconds))
    lay(tmp_path / "before", timed)
    found = made(tmp_path, timed, against=str(tmp_path / "before"))
    assert (found.report.jobs[0].seconds, found.report.jobs[0].before) == (None, None)
    assert all(every_format(found).values())


def test_odd_files_are_named_and_stop_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlci.report import held

    monkeypatch.setattr(held, "MAX_BYTES", 20_000)
    folder = lay(tmp_path / "records", record())
    for name in ("pipe", "large", "deep", "link", "digits", "folder"):
        (folder / name).mkdir()
    os.mkfifo(folder / "pipe/record.json")
    (folder / "large/record.json").write_text(record("large").text() + " " * 30_000)
    (folder / "deep/record.json").write_text("[" * 9000)
    (folder / "link/record.json").symlink_to("/dev/zero")
    (folder / "link/loop").symlink_to(folder)
    (folder / "digits/record.json").write_text('{"format": ' + "9" * 9000 + "}")
    (folder / "folder/record.json").mkdir()
    found = assemble(Request(tmp_path, (folder,)))
    assert [job.id for job in found.report.jobs] == ["train"]
    notes = " ".join(found.report.notes)
    for name in ("pipe", "large", "deep", "link", "digits"):
        assert f"{name}/record.json is left out" in notes
    assert "larger than" in notes


def test_more_records_than_any_run_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlci.report import held

    monkeypatch.setattr(held, "MAX_RECORDS", 3)
    lay(tmp_path / "records", *(record(f"j{at}") for at in range(4)))
    with pytest.raises(InputError, match="more than 3 records"):
        assemble(Request(tmp_path, (tmp_path / "records",)))


def test_records_that_read_each_others_outputs_in_a_circle_are_shown(tmp_path: Path) -> None:
    one = record("one", inputs={"b": "x"}, outputs={"a": "1"}, ingredients={"outputs": ["a"]})
    two = record("two", inputs={"a": "y"}, outputs={"b": "2"}, ingredients={"outputs": ["b"]})
    assert set(rows.left_over({"one": one, "two": two})) == {"one", "two"}
    assert len(made(tmp_path, one, two).report.jobs) == 2


def test_the_page_fetches_nothing_and_links_only_to_runs(ran: Path) -> None:
    change(ran, "epochs: 3", "epochs: 5")
    found = assemble(Request(ran, against="main"))
    linked = found.report._replace(context={**found.report.context, "run_url": CONTEXT["run_url"]})
    seen = Seen(page.page(linked))
    assert [value for name, value in seen.attributes if name in ("href", "src")] == [CONTEXT["run_url"]]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in seen.attributes
    assert "svg" in seen.tags and "script" not in seen.tags
    assert "@import" not in page.page(linked) and "url(" not in page.page(linked)


def test_without_unicode_the_text_is_ascii(ran: Path) -> None:
    found = assemble(Request(ran))
    shown = text.text(found.report, text.Style(unicode=False))
    assert shown.isascii()
    assert "ok done" in shown


def test_colour_is_only_paint(ran: Path) -> None:
    found = assemble(Request(ran))
    painted = text.text(found.report, text.Style(colour=True))
    assert "\x1b[" in painted
    bare = re.sub(r"\x1b\[[0-9;]*m", "", painted)
    plain = text.text(found.report, text.Style())
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_a_report_loads_nothing_heavy(ran: Path) -> None:
    code = "import sys; from mlci.commands import app;"
    code += "app.run(['report', '-o', 'r.html', '-o', 'r.json', '-o', 'r.md']);"
    code += "print(sorted({'tensorflow', 'keras', 'numpy', 'matplotlib', 'typer'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ran, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
