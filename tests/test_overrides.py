"""Overrides: a user's own keys, merged last, with the rendered file's comments kept."""

from __future__ import annotations

import pytest
import render_kit as kit

from mlci.errors import InputError
from mlci.language.overrides import Change, Clash, merge, rewrite
from mlci.planning.vendor import find
from mlci.yaml.document import Document

circleci = find("circleci")
github = find("github")

TEXT = """\
# at the top
name: sample

jobs:
  a:
    steps:
      - uses: one # v1
      - run: |
          echo "a: b"
          exit

  # about b
  b:
    run: "yes"
    list: [1, 2]
"""


@pytest.mark.parametrize(
    ("given", "override", "wanted"),
    [
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": [1]}, {"a": [2, 3]}, {"a": [2, 3]}),
        ({"a": [1]}, {"a": {"append": [2]}}, {"a": [1, 2]}),
        ({"a": [1]}, {"a": {"prepend": [0, 9], "append": [2]}}, {"a": [0, 9, 1, 2]}),
        ({}, {"a": {"append": [2]}}, {"a": [2]}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": 1}, {"a": {"b": {"prepend": [1]}}}, {"a": {"b": [1]}}),
        ({"a": {"append": 1}}, {"a": {"append": 2, "x": 3}}, {"a": {"append": 2, "x": 3}}),
    ],
)
def test_mappings_merge_and_the_rest_replaces(given: object, override: object, wanted: object) -> None:
    assert merge(given, override) == wanted


@pytest.mark.parametrize(
    ("given", "override", "path"),
    [
        ({"a": {"b": 1}}, {"a": {"append": [2]}}, ("a",)),
        ({"a": "text"}, {"a": {"prepend": [2]}}, ("a",)),
        ({"a": [1]}, {"a": {"append": 2}}, ("a", "append")),
    ],
)
def test_adding_to_what_is_no_list_is_refused(given: object, override: object, path: tuple[str, ...]) -> None:
    with pytest.raises(Clash) as caught:
        merge(given, override)
    assert caught.value.path == path


def rewritten(at: tuple[str, ...], override: dict[str, object]) -> str:
    (plan,) = kit.plans_from(pipeline())
    return rewrite(TEXT, [Change(at, override, ())], plan.pipeline)


def test_nothing_but_the_change_changes() -> None:
    assert rewritten(("jobs", "b"), {"more": 1}) == TEXT.replace("    list:", "    more: 1\n    list:")


def test_an_appended_step_stands_before_the_empty_line() -> None:
    found = rewritten(("jobs", "b"), {"steps": {"append": [{"run": "x"}]}})
    assert found.index("# about b") < found.index("steps:\n      - run: x") < found.index("list:")
    text = TEXT.replace('      - run: |\n          echo "a: b"\n          exit\n', "")
    (plan,) = kit.plans_from(pipeline())
    change = Change(("jobs", "a"), {"steps": {"append": [{"run": "x"}]}}, ())
    assert rewrite(text, [change], plan.pipeline) == text.replace("# v1\n", "# v1\n      - run: x\n")


def test_comments_and_quotes_stay() -> None:
    found = rewritten((), {"jobs": {"b": {"list": {"prepend": [0]}}}})
    assert found == TEXT.replace("[1, 2]", "[0, 1, 2]")


def pipeline(top: str = "{}", workflow: str = "{}", stage: str = "{}", vendor: str = "github") -> str:
    return "\n".join(
        (
            "version: 1",
            "name: sample",
            "vendors: [github]",
            f"overrides: {{{vendor}: {top}}}",
            f"stages: {{first: {{run: make, overrides: {{{vendor}: {stage}}}}}}}",
            "workflows:",
            f"  main: {{on: {{push: true}}, stages: [first], overrides: {{{vendor}: {workflow}}}}}",
        )
    )


def test_the_nearest_override_wins_on_github() -> None:
    top = "{env: {A: top, B: top, C: top}, jobs: {first: {timeout-minutes: 1, name: top}}}"
    text = pipeline(top, "{env: {B: workflow, C: workflow}}", "{timeout-minutes: 3}")
    rendered = github.render(kit.plans_from(text))[".github/workflows/main.yml"]
    data = Document("x", rendered).data
    assert data["env"] == {"A": "top", "B": "workflow", "C": "workflow"}
    assert data["jobs"]["first"]["timeout-minutes"] == 3
    assert data["jobs"]["first"]["name"] == "top"
    assert rendered.startswith("# Made by `mlci generate`")


def test_an_action_of_an_override_is_pinned() -> None:
    step = "{steps: {append: [{uses: docker/login-action, with: {username: a}}, {uses: acme/own@v1}]}}"
    rendered = github.render(kit.plans_from(pipeline(stage=step)))[".github/workflows/main.yml"]
    assert "- uses: docker/login-action@4907a6ddec9925e35a0a9e82d7399ccc52663121 # v4.1.0\n" in rendered
    assert "- uses: acme/own@v1\n" in rendered


def test_overrides_reach_circleci_file_workflow_and_job() -> None:
    text = pipeline("{setup: false}", "{max_auto_reruns: 2}", "{parallelism: 4}", "circleci")
    data = Document("x", circleci.render(kit.plans_from(text))[".circleci/config.yml"]).data
    assert data["setup"] is False
    assert data["workflows"]["main"]["max_auto_reruns"] == 2
    assert data["jobs"]["first"]["parallelism"] == 4


def test_an_override_that_does_not_fit_is_shown_at_its_place() -> None:
    text = pipeline(stage="{runs-on: {append: [x]}}")
    with pytest.raises(InputError) as caught:
        github.render(kit.plans_from(text))
    (found,) = caught.value.findings
    assert found.rule == "bad-override"
    assert (found.mark.line, found.mark.column) == (5, text.splitlines()[4].index("runs-on") + 1)


def test_an_override_of_what_another_took_away_is_shown_at_its_place() -> None:
    with pytest.raises(InputError) as caught:
        github.render(kit.plans_from(pipeline(top="{jobs: none}", stage="{name: x}")))
    (found,) = caught.value.findings
    assert "has replaced 'jobs.first'" in found.message
    assert found.mark.line == 5


def test_rendering_leaves_the_overrides_as_they_are() -> None:
    plans = kit.plans_from(pipeline("{x: {y: [1]}}", "{x: {y: {append: [2]}}}"))
    first = github.render(plans)
    assert Document("x", first[".github/workflows/main.yml"]).data["x"] == {"y": [1, 2]}
    assert github.render(plans) == first


def test_without_overrides_the_text_is_the_template_s() -> None:
    plain = kit.plans_from(pipeline().replace("overrides: {github: {}}", "env: {}"))
    assert github.render(plain) == github.render(kit.plans_from(pipeline()))
