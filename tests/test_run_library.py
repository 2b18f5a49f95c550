"""Library stages in a run: a package's own stages, their checks, their failures, and those never restored."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from engine_kit import go, repository, text_of

from mlci.language.catalogue import Item

MODULE = '''
"""Stages of a package beside mlci."""

import os
from pathlib import Path

from mlci.errors import EnvironmentLacks, InputError, StageError
from mlci.stages.contract import Case, InputPath, MetricsPath, Outcome, OutputPath, TargetName, Work


def measure(
    work: Work,
    *,
    data: InputPath,
    report: OutputPath = Path("report.txt"),
    metrics: MetricsPath | None = None,
    least: float = 0.5,
    how: str = "well",
) -> Outcome:
    """Measure something.

    Parameters
    ----------
    data : a file with a number
    report : what was found
    metrics : numbers
    least : the least that is enough
    how : how it goes
    """
    value = float(data.read_text())
    work.say(f"looking at {value} with seed {work.seed} on {work.context['MLCI_VENDOR']}")
    if how == "badly":
        raise StageError("it went badly")
    if how == "wrongly":
        raise InputError("this cannot be", help="try otherwise")
    if how == "without":
        raise EnvironmentLacks("no tool here")
    if how == "broken":
        raise RuntimeError("a defect")
    if how == "gone":
        os._exit(9)
    report.write_text(f"{value}\\n")
    if metrics is not None:
        metrics.write_text('{"value": %r}' % value)
    found = f"found {value}, token {os.environ.get('TOKEN')}"
    cases = (Case("enough", value >= least, found), Case("is | a number", True))
    return Outcome({"value": value}, cases, f"## Measured\\n\\n{value}\\n")


def ship(work: Work, *, what: InputPath, target: TargetName | None = None) -> Outcome:
    """Ship something.

    Parameters
    ----------
    what : a file
    target : where to
    """
    with open(work.root / "shipped.log", "a") as log:
        log.write(what.read_text())
    if target is not None:
        served = work.root / work.targets[target]["path"]
        served.mkdir(exist_ok=True)
        (served / f"v{len(list(served.iterdir()))}").write_text(what.read_text())
    if what.read_text() == "bad\\n":
        raise StageError("it was refused")
    return Outcome()
'''


@pytest.fixture
def acme(tmp_path_factory, monkeypatch) -> dict[str, str]:
    """Install a package with two stages, as pip would; return the environment in which it is found."""
    site = tmp_path_factory.mktemp("site")
    (site / "acme_stages.py").write_text(MODULE)
    info = site / "acme_stages-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-stages\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[mlci.stages]\nmeasure = acme_stages:measure\nship = acme_stages:ship\n"
    )
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "acme_stages", raising=False)
    yield {"PYTHONPATH": str(site)}
    sys.modules.pop("acme_stages", None)


def measured(extra: str = "") -> str:
    """Return a mlci.yaml with one library stage."""
    stage = f"check: {{uses: measure, with: {{data: n.txt, metrics: m.json{extra}}}}}"
    return text_of(stage, "[check]", top="seed: 3")


def test_a_packages_own_stage_runs_and_is_skipped_like_any_other(tmp_path, acme):
    pipeline = repository(tmp_path, measured(), {"n.txt": "0.75"})
    outcome, listener = go(pipeline, tmp_path, env=acme)
    assert outcome.states == {"check": "done"}, listener.said
    record = outcome.results["check"].record
    assert record.metrics == {"value": 0.75}
    assert set(record.outputs) == {"report.txt", "m.json"}
    assert set(record.inputs) == {"n.txt"}
    assert record.command["uses"] == "measure"
    assert listener.lines["check"] == ["looking at 0.75 with seed 3 on local"]
    suite = ET.parse(tmp_path / ".mlci/reports/check/junit.xml").getroot()
    assert [case.get("name") for case in suite.iter("testcase")] == ["command", "enough", "is | a number"]
    assert "## Measured" in (tmp_path / ".mlci/reports/check/summary.md").read_text()
    assert go(pipeline, tmp_path, env=acme)[0].states == {"check": "current"}


def test_a_check_that_fails_fails_the_job_and_keeps_its_numbers(tmp_path, acme):
    text = text_of(
        "check: {uses: measure, with: {data: n.txt, metrics: m.json}, secrets: [TOKEN]}", "[check]"
    )
    pipeline = repository(tmp_path, text, {"n.txt": "0.25"})
    outcome, listener = go(pipeline, tmp_path, env=acme | {"TOKEN": "hush-hush"})
    assert outcome.exit_status == 1
    assert listener.said["check"] == "'check' failed its check 'enough': found 0.25, token ***"
    assert outcome.results["check"].record.metrics == {"value": 0.25}
    reports = tmp_path / ".mlci/reports/check"
    assert "hush" not in "".join(path.read_text() for path in reports.iterdir())
    failure = ET.parse(reports / "junit.xml").getroot().find(".//failure")
    assert failure is not None
    assert failure.get("message") == "found 0.25, token ***"


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        ("badly", 1, "it went badly"),
        ("wrongly", 2, "this cannot be"),
        ("without", 2, "no tool here"),
        ("broken", 3, "RuntimeError: a defect"),
        ("gone", 1, "the command of 'check' ended with exit status 9"),
    ],
)
def test_the_exit_status_says_who_failed(tmp_path, acme, how, status, said):
    pipeline = repository(tmp_path, measured(f", how: {how}"), {"n.txt": "1"})
    outcome, listener = go(pipeline, tmp_path, env=acme)
    assert outcome.exit_status == status
    assert listener.said["check"] == said
    assert any("Traceback" in line for line in listener.lines["check"]) == (how == "broken")
    if how == "wrongly":
        assert outcome.results["check"].help == "try otherwise"


def test_params_and_matrix_values_are_arguments(tmp_path, acme):
    stage = """
    check:
      uses: measure
      with: {data: n.txt, report: "r-{least}.txt"}
      matrix: {least: [0.1, 0.9]}
    """
    pipeline = repository(tmp_path, text_of(stage, "[check]"), {"n.txt": "0.5"})
    outcome, listener = go(pipeline, tmp_path, env=acme, keep_going=True)
    assert outcome.states == {"check-0.1": "done", "check-0.9": "failed"}, listener.said
    assert (tmp_path / "r-0.1.txt").exists()


def test_changed_code_of_the_package_runs_the_stage_again(tmp_path, acme):
    pipeline = repository(tmp_path, measured(), {"n.txt": "0.75"})
    go(pipeline, tmp_path, env=acme)
    module = Path(acme["PYTHONPATH"]) / "acme_stages.py"
    module.write_text(module.read_text() + "\n# better\n")
    _, listener = go(pipeline, tmp_path, env=acme)
    assert listener.reasons["check"] == ("the library stage's code changed",)


SHIP = """
build: {run: "cp src.txt built.txt", inputs: [src.txt], outputs: [built.txt]}
ship: {uses: ship, with: {what: built.txt}}
"""


@pytest.fixture
def shipped(tmp_path, acme, monkeypatch):
    """A repository with a stage of which equal inputs do not make another execution needless."""
    monkeypatch.setattr(Item, "cached", False)
    pipeline = repository(tmp_path, text_of(SHIP, "[build, ship]"), {"src.txt": "one\n"})
    outcome, listener = go(pipeline, tmp_path, env=acme)
    assert outcome.states == {"build": "done", "ship": "done"}, listener.said

    def log() -> str:
        return (tmp_path / "shipped.log").read_text()

    return pipeline, tmp_path, acme, log


def test_what_has_been_shipped_is_not_shipped_again_unless_asked_for(shipped):
    pipeline, root, env, log = shipped
    assert go(pipeline, root, env=env)[0].states == {"build": "current", "ship": "current"}
    assert log() == "one\n"
    assert go(pipeline, root, env=env, stages=("ship",))[0].states == {"build": "current", "ship": "done"}
    assert log() == "one\none\n"


def test_what_was_deployed_before_stays_where_the_next_is_deployed_to(shipped):
    _, root, env, _ = shipped
    stages = SHIP.replace("{what: built.txt}", "{what: built.txt, target: here}, outputs: [served/]")
    text = text_of(stages, "[build, ship]", top="targets:\n  here: {type: local, path: served}\n")
    for number, (content, state) in enumerate((("one", "done"), ("two", "done"), ("bad", "failed"))):
        pipeline = repository(root, text, {"src.txt": f"{content}\n"})
        outcome, _ = go(pipeline, root, env=env)
        assert outcome.states["ship"] == state
        assert sorted(path.name for path in (root / "served").iterdir()) == [
            f"v{n}" for n in range(number + 1)
        ]
    (root / "src.txt").write_text("two\n")
    (root / "served/v2").unlink()
    _, listener = go(pipeline, root, env=env)
    assert listener.reasons["ship"] == ("it failed last time",)
    (root / "served/v1").unlink()
    _, listener = go(pipeline, root, env=env)
    assert listener.reasons["ship"] == ("output served changed",), "what was taken back is deployed again"


def test_a_shipment_is_made_anew_and_never_restored(shipped):
    pipeline, root, env, log = shipped
    (root / "src.txt").write_text("two\n")
    go(pipeline, root, env=env)
    (root / "src.txt").write_text("one\n")
    outcome, _ = go(pipeline, root, env=env)
    assert outcome.states == {"build": "restored", "ship": "done"}
    assert log() == "one\ntwo\none\n"


def test_a_file_of_the_workspace_does_not_pass_for_a_module_of_python(tmp_path, acme):
    files = {"n.txt": "0.75", "json.py": "raise SystemExit('the wrong json')", "mlci.py": "raise SystemExit"}
    pipeline = repository(tmp_path, measured(), files)
    assert go(pipeline, tmp_path, env=acme)[0].states == {"check": "done"}
