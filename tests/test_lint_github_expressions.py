"""GitHub's expressions: read, placed, typed and checked."""

from __future__ import annotations

import pytest
from amount_kit import examples
from hypothesis import given
from hypothesis import strategies as st

from mlci.vendors.github.syntax.embedded_expressions import expressions_in, is_whole, mask
from mlci.vendors.github.syntax.expression import contexts
from mlci.vendors.github.syntax.expression.contexts import LOOSE
from mlci.vendors.github.syntax.expression.lexer import tokens
from mlci.vendors.github.syntax.expression.parser import MAX_DEPTH, parse
from mlci.vendors.github.syntax.expression.semantics import check
from mlci.vendors.github.syntax.expression.tree import (
    Comparison,
    ExpressionError,
    Logical,
    Not,
    Property,
    chain,
    walk,
)
from mlci.vendors.github.syntax.expression.types import (
    ANY,
    BOOL,
    NUMBER,
    OPEN,
    STRING,
    Array,
    fits,
    merge,
    of_json,
    strict,
)
from mlci.vendors.github.syntax.untrusted import flows, source


def problems(text, here=contexts.STEP, **variables):
    """Return the topics and messages of what is wrong with an expression."""
    tree = parse(text)
    assert not isinstance(tree, ExpressionError), tree
    _, found = check(tree, {**LOOSE, **variables}, here)
    return [(one.topic, one.message) for one in found]


def kind(text, **variables):
    """Return an expression's type."""
    return check(parse(text), {**LOOSE, **variables}, contexts.STEP)[0]


def test_operators_bind_as_github_documents():
    tree = parse("!a && b == c || d")
    assert isinstance(tree, Logical) and tree.operator == "||"
    left = tree.operands[0]
    assert isinstance(left, Logical) and left.operator == "&&"
    assert isinstance(left.operands[0], Not) and isinstance(left.operands[1], Comparison)


def test_every_node_knows_its_place():
    text = "format('{0}', github.event[ 'x' ].*.y) == matrix.os"
    for node in walk(parse(text)):
        assert 0 <= node.start < node.end <= len(text)
        if isinstance(node, Property):
            assert text[node.start : node.end].endswith(node.name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("0x1F", 31),
        ("-9.2", -9.2),
        ("-2.99e-2", -0.0299),
        ("true", True),
        ("null", None),
    ],
)
def test_literals(text, value):
    assert parse(text).value == value


@pytest.mark.parametrize(
    ("text", "start", "said"),
    [
        ('"double"', 0, "single quotes"),
        ("1 + 1", 2, "no arithmetic"),
        ("a = b", 2, "did you mean '=='"),
        ("a & b", 2, "did you mean '&&'"),
        ("'open", 0, "not closed"),
        ("github.", 6, "property's name"),
        ("f(1", 2, "',' or ')'"),
        ("a b", 2, "after the end"),
        ("", 0, "empty"),
        ("014", 0, "not a number"),
        ("(" * (MAX_DEPTH + 2), MAX_DEPTH, "levels deep"),
        ("a" + ".b" * 500, 201, "links"),
        ("x" * 30_000, 0, "longer"),
    ],
)
def test_what_is_no_expression(text, start, said):
    error = parse(text)
    assert isinstance(error, ExpressionError)
    assert said in error.message
    assert error.start == start


@examples(300)
@given(st.text(alphabet="ab.*[]()'\"!=<>&|, 019x{}$-\n", max_size=60))
def test_reading_never_raises(text):
    tree = parse(text)
    if isinstance(tree, ExpressionError):
        assert 0 <= tree.start <= len(text)
    else:
        check(tree, LOOSE, contexts.STEP)


@examples(200)
@given(st.text(max_size=40))
def test_tokens_lie_within_the_text(text):
    try:
        found = tokens(text)
    except ExpressionError as error:
        assert 0 <= error.start <= len(text)
        return
    assert all(one.text == text[one.start : one.end] for one in found)


@pytest.mark.parametrize(
    ("text", "topic", "said"),
    [
        ("unknown", "context", "no context 'unknown'"),
        ("jobs.x", "context", "not available here"),
        ("github.events", "property", "no 'github.events'"),
        ("runner['cpu']", "property", "runner['cpu']"),
        ("startWith('a', 'b')", "function", "no function 'startWith'"),
        ("startsWith('a')", "function", "takes 2 arguments, not 1"),
        ("join()", "function", "takes 1 or 2 arguments, not 0"),
        ("hashFiles()", "function", "at least 1 argument"),
        ("success()", "function", "not available here"),
        ("format('{0}', 1, 2)", "function", "never uses its argument {1}"),
        ("format('{1}', 1)", "function", "no argument for {1}"),
        ("fromJSON('[1,')", "function", "broken JSON"),
        ("case(true, 1, 2, 3)", "function", "odd number"),
        ("startsWith('a', github.event)", "type", "argument 2 of 'startsWith' must be string"),
        ("github.event == 'x'", "type", "cannot be compared"),
        ("github.ref_protected > 1", "type", "cannot be compared"),
        ("env[1]", "type", "named by a string"),
        ("github.ref.x", "type", "no object but a string"),
        ("github.ref.*", "type", "takes an object or an array"),
        ("fromJSON('[1]')['a']", "type", "must be a number"),
    ],
)
def test_what_is_wrong(text, topic, said):
    found = problems(text)
    assert [one for one, _ in found][:1] == [topic], found
    assert said in found[0][1]


@pytest.mark.parametrize(
    "text",
    [
        "github.EVENT.anything.at[0].all",
        "contains(github.event.labels.*.name, 'x')",
        "contains('abc', 'b') && !cancelled",
        "job.services.db.ports[5432]",
        "env[format('{0}', github.job)]",
        "format('{{{0}}}', 1)",
        "null == github.event || '1' == true",
        "steps.build.outputs.path || 'x'",
        "fromJSON('{\"a\": [1]}').a[0] > 3",
        "toJSON(github.event.*.*.name)",
        "case(true, 'a', 'b') == 'a'",
    ],
)
def test_what_is_right(text):
    assert problems(text.replace("!cancelled", "true")) == []


def test_one_mistake_is_told_once():
    assert len(problems("github.foo.bar.baz == 3 && startsWith(github.foo2, 1)")) == 2


def test_types_of_results():
    assert kind("github.actor == 'x'") is BOOL
    assert kind("fromJSON('{\"a\": 1}').a") is NUMBER
    assert kind("github.event.commits.*.id") == Array(ANY, filtered=True)
    assert kind("matrix.os", matrix=strict({"os": STRING})) is STRING
    assert kind("github.actor || 3") is ANY


def test_merging_types():
    assert merge(STRING, NUMBER) is STRING
    assert merge(STRING, Array(STRING)) is ANY
    assert merge(strict({"a": STRING}), strict({"b": NUMBER})) == strict({"a": STRING, "b": NUMBER})
    assert merge(OPEN, strict({})).rest is ANY
    assert of_json([1, "a"]) == Array(STRING)


def test_what_fits_where():
    assert fits(NUMBER, STRING) and fits(OPEN, BOOL) and fits(ANY, NUMBER)
    assert not fits(OPEN, STRING) and not fits(STRING, NUMBER)


def test_strings_may_hold_the_end_of_an_expression():
    found = list(expressions_in("a ${{ fromJSON('{\"x\":{}}') }} b ${{ c }}"))
    assert [one.text.strip() for one in found] == ["fromJSON('{\"x\":{}}')", "c"]
    assert all(one.closed for one in found)
    assert is_whole("${{ a }}") and not is_whole("${{ a }} ") and not is_whole("${{ a }}${{ b }}")


def test_an_open_expression_is_told():
    assert [one.closed for one in expressions_in("${{ a")] == [False]


@given(st.text(alphabet="${}' a\n", max_size=60))
def test_masking_keeps_offsets(text):
    assert len(mask(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github.event.issue.title", "github.event.issue.title"),
        ("github['head_ref']", "github.head_ref"),
        ("github.event.commits[0].message", "github.event.commits.*.message"),
        ("github.event.*.body", ".body"),
        ("github.event.issue.number", None),
        ("github.sha", None),
        ("github.event", None),
        ("env.TITLE", None),
    ],
)
def test_whose_text_it_is(text, expected):
    found = source(chain(parse(text)))
    assert found is None if expected is None else found is not None and found.endswith(expected)


def test_only_what_passes_text_on_counts():
    text = "format('{0}', a.b) || contains(c.d, 'x') && e.f == 'y' || toJSON(g.*)"
    assert [chain(one) for one in flows(parse(text))] == [("a", "b"), ("g", "*")]
