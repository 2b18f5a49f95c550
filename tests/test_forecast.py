"""`mlci plan`: which jobs an event would run, read from the files on disk, alike for all vendors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import groovy_kit
import parity_kit as kit
import performer_kit
import pytest
import render_kit

from mlci.commands import app
from mlci.errors import InputError
from mlci.parity import choice, forecast, performers
from mlci.parity.contract import Event
from mlci.planning import repository
from mlci.planning import vendor as vendors
from mlci.rendering.render import render
from mlci.yaml.document import Document

TWO = """\
version: 1
name: two
vendors: [github, circleci, travis, jenkins]
stages:
  build: {run: "true"}
  lint: {run: "true"}
  docs: {run: "true", if: {paths: ["docs/**"]}}
  nightly: {run: "true", if: {branch: main}}
  ship: {run: "true", if: {event: [push, tag]}, allow_failure: true}
workflows:
  main:
    on: {push: {branches: [main, "release/*"], tags: ["v*"]}, pull_request: true}
    stages: [build, [lint, docs], ship]
  clock:
    on: {schedule: "0 3 * * *", manual: true}
    stages: [build, nightly, {approve: hold}, ship]
"""
EVENTS: tuple[tuple[Event, set[str]], ...] = (
    (Event(), {"main/build", "main/lint", "main/docs", "main/ship"}),
    (
        Event(branch="release/1", changed=("docs/index.md",)),
        {"main/build", "main/lint", "main/docs", "main/ship"},
    ),
    (Event(changed=("src/a.py",)), {"main/build", "main/lint"}),
    (Event("pull_request"), {"main/build", "main/lint", "main/docs"}),
    (Event("pull_request", changed=("src/a.py", "x")), {"main/build", "main/lint"}),
    (Event("tag", tag="v1"), {"main/build", "main/lint", "main/docs", "main/ship"}),
    (Event("tag", tag="other"), set()),
    (Event("schedule"), {"clock/build", "clock/nightly"}),
    (Event("manual", approved=("hold",)), {"clock/build", "clock/nightly", "clock/hold"}),
)


@pytest.fixture(autouse=True)
def programs() -> None:
    """Skip what follows where a vendor's files cannot be read."""
    for performer in performers().values():
        performer_kit.require(performer)


def forecast_of(root: Path, event: Event) -> forecast.Forecast:
    plans = kit.plans(root)
    return forecast.forecast(root, plans, choice.checked(event), vendors.ALL, performers())


def runs(found: forecast.Forecast) -> set[str]:
    return {f"{each.workflow}/{each.id}" for each in found.jobs if each.planned.runs}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = kit.lay_out(tmp_path_factory.mktemp("two") / "repository", TWO)
    with groovy_kit.one_start(partial(forecast_of, root, event) for event, _ in EVENTS):
        yield root


def shown(event: object) -> str | None:
    if not isinstance(event, Event):
        return None
    return " ".join(str(value) for value in (event.name, event.branch, event.tag, event.changed) if value)


@pytest.mark.real
@pytest.mark.parametrize(("event", "expected"), EVENTS, ids=shown)
def test_all_vendors_agree(two: Path, event: Event, expected: set[str]) -> None:
    found = forecast_of(two, event)
    assert runs(found) == expected
    assert [each.sentence for each in found.differences] == []
    assert found.refused == {}
    assert [name for name, _ in found.columns] == [vendor.ID for vendor in vendors.ALL]


@pytest.mark.real
@pytest.mark.parametrize("case", render_kit.CASES)
def test_vendors_agree_on_every_case(case: str, tmp_path: Path) -> None:
    pipeline = repository.parse(Document("mlci.yaml", (render_kit.FOLDER / case / "mlci.yaml").read_text()))
    plans = repository.plans(pipeline)
    # Groovy takes seconds to start; the tests above have it.
    chosen = [vendors.find(name) for name in pipeline.vendors if name != "jenkins"]
    for path, text in render(plans, chosen).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    for event in (Event(), Event("pull_request"), Event("tag", tag="v1"), Event("schedule")):
        found = forecast.forecast(tmp_path, plans, event, chosen, performers())
        assert found.refused == {}
        assert [each.sentence for each in found.differences] == [], shown(event)


@pytest.mark.real
def test_what_a_vendor_cannot_tell_apart_shows_as_its_limit_says(two: Path) -> None:
    found = forecast_of(two, Event(branch="other"))
    assert {each.vendor for each in found.differences} == {"circleci"}
    limits = vendors.find("circleci").limits(kit.plans(two))
    assert "any branch but the default one starts this" in " ".join(each.message for each in limits)


@pytest.mark.real
def test_a_filter_changed_by_hand_is_a_disagreement(
    two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = kit.lay_out(tmp_path / "repository", TWO)
    assert app.run(["plan", "-C", str(root), "--branch", "release/1"]) == 0
    kit.edit(root, ".github/workflows/main.yml", "release/*", "releases/*")
    capsys.readouterr()
    assert app.run(["plan", "-C", str(root), "--branch", "release/1"]) == 1
    said = capsys.readouterr()
    assert "github: main / build: it does not run, and must" in said.err
    assert app.run(["plan", "-C", str(root), "--branch", "release/1", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert {each["vendor"] for each in data["differences"]} == {"github"}
    assert next(each["runs"] for each in data["vendors"]["circleci"] if each["id"] == "build")


@pytest.mark.real
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = kit.lay_out(tmp_path / "repository", TWO)
    (root / ".travis.yml").write_text("language: [\n")
    assert app.run(["plan", "-C", str(root)]) == 1
    assert "travis: cannot be read: .travis.yml:" in capsys.readouterr().err


def test_nothing_starts_by_hand(tmp_path: Path) -> None:
    root = kit.lay_out(tmp_path / "repository", TWO.replace(", manual: true", ""))
    with pytest.raises(InputError, match="manual on branch main starts no workflow"):
        forecast_of(root, Event("manual"))
