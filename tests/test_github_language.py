"""GitHub's language read once: what the linter accepts is planned, and what it refuses is refused alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlci.errors import InputError
from mlci.findings import Finding
from mlci.lint.kinds import BY_ID
from mlci.lint.registry import rules_named
from mlci.parity.contract import Event
from mlci.vendors.github import runner
from mlci.yaml.source import SourceFile

PATH = ".github/workflows/a.yml"
EVENTS = [
    Event(),
    Event("tag", tag="v1"),
    Event("pull_request", head="topic", changed=("docs/a.md", "ml/b.py")),
    Event("manual"),
    Event("schedule"),
]


def text_of(on: Any, condition: Any = None, matrix: Any = None) -> str:
    """Return a workflow of two jobs, the second with what is asked."""
    job: dict[str, Any] = {**job_of("second"), "needs": "FIRST"}
    if condition is not None:
        job["if"] = condition
    if matrix is not None:
        job["strategy"] = {"matrix": matrix}
    return json.dumps({"on": on, "jobs": {"first": job_of("first"), "second": job}})


def job_of(stage: str) -> dict[str, Any]:
    """Return a job that runs a stage."""
    return {"runs-on": "ubuntu-latest", "steps": [{"run": f"mlci exec {stage} --workflow ml"}]}


def errors_of(text: str) -> list[Finding]:
    """Return what the linter's rules about the language call errors, in the file's order."""
    file = SourceFile(PATH, text, BY_ID["github-workflow"])
    found = [
        each
        for rule in rules_named("mlci.vendors.github.rules:LANGUAGE")
        for each in rule.check(file)
        if each.severity == "error"
    ]
    return sorted(found, key=lambda each: (each.mark.line, each.mark.column))


def agree(text: str) -> None:
    """Hold the plan of a workflow against what the linter says of it."""
    errors = errors_of(text)
    for event in EVENTS:
        if not errors:
            runner.plan({PATH: text}, event)
            continue
        with pytest.raises(InputError) as caught:
            runner.plan({PATH: text}, event)
        assert list(caught.value.findings) == errors


words = st.sampled_from(
    ["main", "refs/heads/x", "it''s", "", "0x10", "1e400", "Infinity", "{0}", "[1]", "NaN"]
)
literals = st.one_of(
    words.map("'{}'".format),
    st.sampled_from(["0", "-1", "1.5", "0xff", "0x" + "f" * 300, "true", "false", "null", "NaN", "Infinity"]),
)
names = st.sampled_from(
    [
        "github.ref",
        "github.event_name",
        "github.event.inputs",
        "github['head_ref']",
        "github.event.commits.*.id",
        "needs.first.result",
        "needs.first.outputs.answer",
        "vars.NAME",
        "inputs.x",
        "github.nothing",
        "secrets.TOKEN",
        "unknown",
        "needs.*.result",
    ]
)
json_texts = st.recursive(
    st.sampled_from([None, True, 1, 1.5, "x"]),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("ab"), inner)),
    max_leaves=4,
).map(lambda value: f"fromJSON('{json.dumps(value)}')")


CALLS = [
    "contains({}, {})",
    "startsWith({}, {})",
    "endsWith({}, {})",
    "format('{{0}}{{{{{{1}}}}', {}, {})",
    "format('{{99999}}', {}, {})",
    "join({}, {})",
    "case({}, {}, 1)",
    "case({}, {})",
    "toJSON({}) || {}",
]


def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return expressions made of smaller ones."""
    operators = st.sampled_from(["==", "!=", "<", ">=", "&&", "||"])
    calls = st.sampled_from(CALLS)
    return st.one_of(
        st.tuples(inner, operators, inner).map(" ".join),
        inner.map("({})".format),
        inner.map("!{}".format),
        inner.map("{}[0]".format),
        inner.map("{}.*.a".format),
        st.tuples(calls, inner, inner).map(lambda each: each[0].format(each[1], each[2])),
    )


status = st.sampled_from(
    ["success()", "failure()", "always()", "!cancelled()", "hashFiles('x')", "always(1)"]
)
expressions = st.recursive(st.one_of(literals, names, json_texts, status), wider, max_leaves=6)
noise = st.text(alphabet="'\"()[]{}$.*!=<>&|, a0-", max_size=8)
conditions = st.one_of(
    expressions,
    expressions.map("${{{{ {} }}}}".format),
    expressions.map("${{{{ {} }}}} == 1".format),
    st.tuples(expressions, noise).map("".join),
    noise,
    st.sampled_from([True, False, None, 0, 1.5]),
)


@settings(max_examples=300, deadline=None)
@given(conditions)
def test_a_condition_is_planned_or_refused_as_the_linter_says(condition: Any) -> None:
    agree(text_of("push", condition))


patterns = st.one_of(
    st.sampled_from(["main", "release/**", "**/*.md", "!docs/**", "v[0-9]+", "a?b", "**/?x", "[a&&b][[c]"]),
    st.text(alphabet="ab/*?+[]-!\\.^~& ", max_size=8),
)
filters = st.dictionaries(
    st.sampled_from(["branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "types"]),
    st.one_of(
        patterns, st.lists(st.one_of(patterns, st.sampled_from([None, 1.5, True, ["a"], {}])), max_size=3)
    ),
    max_size=3,
)
events = st.sampled_from(["push", "pull_request", "workflow_dispatch", "schedule", "pushed"])
others = st.sampled_from([None, [], "text", [{"cron": "0 3 * * *"}], {"inputs": {"a": 1}}])
entries = st.one_of(filters, others)


@settings(max_examples=300, deadline=None)
@given(st.one_of(events, st.lists(events), st.dictionaries(events, entries, max_size=2), st.none()))
def test_a_filter_is_planned_or_refused_as_the_linter_says(on: Any) -> None:
    agree(text_of(on))


typed = st.one_of(
    literals, json_texts, noise, st.sampled_from(["github.ref", "secrets.TOKEN", "toJSON(vars)"])
)
"""Expressions whose type is known before a run; of others only the run tells whether they give a list."""
plain = st.sampled_from([1, 1.5, True, None, "x", [1], {"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"os": 1}])
values = st.one_of(plain, typed.map("${{{{ {} }}}}".format))
changes = st.one_of(st.lists(values, max_size=3), plain)
matrices = st.fixed_dictionaries(
    {},
    optional={
        "os": st.one_of(st.lists(values, max_size=3), values),
        "OS": values,
        "python": st.lists(values, min_size=1, max_size=3),
        "include": changes,
        "exclude": changes,
    },
)


@settings(max_examples=300, deadline=None)
@given(matrices)
def test_a_matrix_is_planned_or_refused_as_the_linter_says(matrix: Any) -> None:
    agree(text_of("push", matrix=matrix))


@pytest.mark.parametrize(
    ("condition", "matrix", "said"),
    [
        ("fromJSON(github.ref) == 1", None, "1:{if}: error: fromJSON() was given no JSON"),
        (
            None,
            {"os": "${{ github.event.x }}"},
            "1:{matrix}: error: 'os' of the matrix of job 'second' is no list",
        ),
        (None, "${{ fromJSON(inputs.x) }}", "1:{matrix}: error: fromJSON() was given no JSON"),
    ],
)
def test_what_only_the_plan_can_tell_is_refused_at_its_place(condition: Any, matrix: Any, said: str) -> None:
    text = text_of("push", condition, matrix)
    assert errors_of(text) == []
    places = {key: text.find(f'"{key}": ') + len(f'"{key}": ') + 1 for key in ("if", "matrix")}
    with pytest.raises(InputError) as caught:
        runner.plan({PATH: text}, Event())
    assert str(caught.value).startswith(f"{PATH}:{said.format(**places)}")
