"""What lint accepts of CircleCI's language, plan evaluates; what it refuses, plan refuses in its words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, currently_in_test_context, event, given, settings
from hypothesis import strategies as some

from mlci.commands import app
from mlci.errors import InputError
from mlci.findings import Finding, order
from mlci.lint.kinds import BY_ID
from mlci.lint.registry import rules_for, rules_named
from mlci.parity.contract import Event
from mlci.vendors.circleci import runner
from mlci.vendors.circleci.syntax.expression import Expression, write
from mlci.yaml.source import SourceFile

PATH = ".circleci/config.yml"
EVENTS = (
    Event(),
    Event("tag", tag="v1.0.0"),
    Event("pull_request", head="feature/one"),
    Event("schedule", workflow="main"),
    Event("manual", workflow="main"),
)
DECLARED = {
    "text": {"type": "string", "default": "some"},
    "flag": {"type": "boolean", "default": False},
    "count": {"type": "integer", "default": 3},
    "one": {"type": "enum", "enum": ["main", "other"], "default": "main"},
}
VALUES = (
    *(f"pipeline.parameters.{name}" for name in DECLARED),
    *("pipeline.git.branch", "pipeline.git.tag", "pipeline.number", "pipeline.git.branch.is_default"),
    *("pipeline.project.id", "pipeline.git.commit.body", "pipeline.schedule.id", "pipeline.in_setup"),
)
WRONG = ("pipeline.parameters.none", "pipeline.brnch", "pipeline.parameters", "branch", "parameters.text")
PATTERNS = ("main", "^v.*$", "/ma.*/", "(", "/(/", "a**", "/x{2}/", "/", "/v[0-9]+", "[a-", "(?<name>x)")
JOINING = ("and", "or", "equal")
names = some.sampled_from((*VALUES, *VALUES, *WRONG))
# `<< branch >>` is left alone by lint, for `cat << EOF >> file` looks the same.
references = names.filter(lambda name: "." in name).map("<< {} >>".format)
literals = some.one_of(
    some.sampled_from(['"main"', "'v1'", "true", "false", "7", "-1.5", '"\\"', "main", '""']),
    some.text(alphabet="ab\"'\\ é", max_size=5),
)
comparisons = some.sampled_from(["==", "!=", ">=", "<=", ">", "<", "starts-with", "=", "===", "~"])


def joined(inner: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    return some.one_of(
        some.tuples(inner, some.sampled_from([" and ", " or ", "  and ", " "]), inner).map("".join),
        inner.map("not {}".format),
        inner.map("({})".format),
        inner.map("({}".format),
    )


compared = some.tuples(names | literals, comparisons, names | literals).map(" ".join)
expressions = some.recursive(compared | names | literals, joined, max_leaves=6)
scalars = some.one_of(
    references,
    some.sampled_from([True, False, 0, 7, 1.5, "", "main", None, "@yes", "@off", "on"]),
)
patterns = some.sampled_from(PATTERNS)


def operators(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    return some.one_of(
        some.dictionaries(
            some.sampled_from(["and", "or", "equal"]), some.lists(inner, max_size=3), max_size=2
        ),
        inner.map(lambda each: {"not": each}),
        some.tuples(patterns, inner).map(lambda each: {"matches": {"pattern": each[0], "value": each[1]}}),
        some.tuples(some.sampled_from(["xor", "equals", "matches"]), inner).map(lambda each: dict([each])),
    )


statements = some.recursive(scalars, operators, max_leaves=6)
rules = some.fixed_dictionaries(
    {}, optional={"only": patterns | some.lists(patterns), "ignore": some.lists(patterns)}
)
filters = some.fixed_dictionaries({}, optional={"branches": rules, "tags": rules}) | expressions
arguments = some.one_of(
    scalars,
    references,
    some.sampled_from(["win", "linux", "A_B", "A-B", "3", 3, ["checkout"], [], {"name": "small"}]),
)
types = some.sampled_from(
    [
        {"type": "string"},
        {"type": "boolean"},
        {"type": "integer"},
        {"type": "enum", "enum": ["linux", "win", 3]},
        {"type": "enum"},
        {"type": "env_var_name"},
        {"type": "steps"},
    ]
)


def text_of(config: Any) -> str:
    """Write a configuration; a text behind `@` stands without quotes, as a boolean of YAML 1.1."""
    return re.sub(r'"@(\w+)"', r"\1", json.dumps(config, ensure_ascii=False, indent=1))


def config_of(
    when: Any = True, filter: Any = None, kind: Any = None, argument: Any = "x", default: Any = "absent"
) -> str:
    """Return a configuration of one job."""
    job: dict[str, Any] = {"docker": [{"image": "cimg/base:2024.01"}], "steps": ["checkout"]}
    use: dict[str, Any] = {}
    if kind is not None:
        job["parameters"] = {"p": kind if default == "absent" else {**kind, "default": default}}
        use["p"] = argument
    if filter is not None:
        use["filters"] = filter
    workflow = {"when": when, "jobs": [{"build": use}]}
    return text_of(
        {
            "version": 2.1,
            "executors": {"small": {"docker": [{"image": "cimg/base:2024.01"}]}},
            "parameters": {**DECLARED, "workflow": {"type": "string", "default": ""}},
            "jobs": {"build": job},
            "workflows": {"main": workflow},
        }
    )


def refused(text: str) -> tuple[list[Finding], list[Finding]]:
    """Return the errors of lint in the language, and those of any other kind."""
    file = SourceFile(PATH, text, BY_ID["circleci"])
    found = [one for _, rule in rules_for("circleci") for one in rule.check(file) if one.severity == "error"]
    ids = {rule.ID for rule in rules_named("mlci.vendors.circleci.rules:LANGUAGE")}
    return order(one for one in found if one.rule in ids), order(one for one in found if one.rule not in ids)


def agrees(text: str) -> None:
    """Check that plan and lint say the same of a configuration."""
    language, others = refused(text)
    for happening in EVENTS:
        if language:
            with pytest.raises(InputError) as caught:
                runner.plan({PATH: text}, happening)
            assert list(caught.value.findings) == language
        elif not others:
            assert runner.plan({PATH: text}, happening)
    if currently_in_test_context():
        event("refused" if language else "refused by the schema" if others else "accepted")


look = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@look
@given(expressions)
def test_an_expression_under_when_is_judged_alike(expression: str) -> None:
    agrees(config_of(expression))


@look
@given(statements)
def test_a_logic_statement_is_judged_alike(statement: Any) -> None:
    agrees(config_of(statement))


@look
@given(filters)
def test_a_filter_is_judged_alike(given_filter: Any) -> None:
    agrees(config_of(filter=given_filter))


@look
@given(types, arguments, some.just("absent") | arguments)
def test_a_parameter_is_judged_alike(kind: Any, argument: Any, default: Any) -> None:
    # Whether a text is one of an enum's or a variable's name, and what a default refers to, a pipeline knows.
    assume(not (kind["type"] in ("enum", "env_var_name") and "<<" in str(argument)))
    assume("<<" not in str(default))
    agrees(config_of(kind=kind, argument=argument, default=default))


@look
@given(expressions)
def test_what_is_written_of_a_tree_is_read_as_that_tree(text: str) -> None:
    read = Expression(text)
    if read.fault is None and "\\" not in text and not ("'" in text and '"' in text):
        again = Expression(write(read.tree))
        assert (again.fault, write(again.tree)) == (None, write(read.tree))


MATRIX = {"parameters": {"p": ["1.0", "2"], "os": ["b", "a"]}, "exclude": [{"p": "2", "os": "a"}]}


def workflow_of(*jobs: Any, **more: Any) -> str:
    """Return a configuration that runs jobs in a workflow."""
    build: dict[str, Any] = {"docker": [{"image": "cimg/base:2024.01"}], "steps": ["checkout"]}
    texts = {name: {"type": "string", "default": ""} for name in ("p", "os")}
    defined = {"build": {**build, "parameters": texts}, "last": build}
    return text_of({"version": 2.1, "jobs": defined, "workflows": {"main": {"jobs": jobs}}, **more})


@pytest.mark.parametrize(
    ("required", "met"),
    [
        (["build"], ["build-a-1.0", "build-b-1.0", "build-b-2"]),
        (["build-a-1.0", "build-b-2"], ["build-a-1.0", "build-b-2"]),
        (["build-a-2"], None),
        (["build-3"], None),
        (["bild"], None),
    ],
)
def test_jobs_of_a_matrix_are_called_alike(required: list[str], met: list[str] | None) -> None:
    text = workflow_of({"build": {"matrix": MATRIX}}, {"last": {"requires": required}})
    agrees(text)
    assert bool(refused(text)[0]) == (met is None)
    if met is not None:
        (last,) = (each for each in runner.plan({PATH: text}, Event()) if each.id == "last")
        assert sorted(last.needs) == met


@pytest.mark.parametrize(
    "text",
    [
        workflow_of("build", {"last": {"requires": ["nothing"]}}),
        workflow_of("build", "build", {"last": {"requires": ["build"]}}),
        workflow_of("build", "build", {"last": {"requires": ["build-1", "build-2"]}}),
        workflow_of("build", "build", {"last": {"requires": ["build-3"]}}),
        workflow_of(
            {"build": {"name": "b-<< matrix.p >>", "matrix": MATRIX}}, {"last": {"requires": ["build"]}}
        ),
        workflow_of({"build": {"matrix": {**MATRIX, "alias": "all"}}}, {"last": {"requires": ["all"]}}),
        workflow_of({"build": {"requires": ["last"]}}, {"last": {"requires": ["build"]}}),
        workflow_of("nothing", "build"),
        workflow_of("tools/build", "build"),
        workflow_of("build", "tools/one", orbs={"tools": {"jobs": {}}}),
        workflow_of("build", jobs={"build": {"executor": "none", "steps": ["checkout"]}}),
        workflow_of("build", jobs={"build": {"docker": [{"image": "a"}], "steps": ["gret", "tools/none"]}}),
    ],
)
def test_a_name_that_means_nothing_is_refused_alike(text: str) -> None:
    agrees(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (config_of("pipeline.git.branch = 1"), "not a valid expression: unexpected '= 1'"),
        (config_of("pipeline.git.branch > 1"), "'>' compares numbers"),
        (config_of({"equals": [1]}), "unknown operator 'equals'"),
        (config_of(filter={"branches": {"only": ["/(/"]}}), "not a valid regular expression"),
        (config_of(kind={"type": "boolean"}, argument="yes"), "expected true or false, got the text yes"),
    ],
)
def test_plan_ends_with_what_lint_says(
    text: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".circleci").mkdir()
    (tmp_path / PATH).write_text(text)
    with pytest.raises(InputError) as caught:
        runner.plan({PATH: text}, Event())
    (found,) = caught.value.findings
    assert (said in found.message, caught.value.exit_status) == (True, 2)
    assert app.run(["lint", PATH]) == 1
    assert f"{PATH}:{found.mark.line}:{found.mark.column}: error: {found.message}" in capsys.readouterr().out
