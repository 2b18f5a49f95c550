"""Where a character of a YAML string stands, and what a workflow's contexts hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlci.lint import kinds
from mlci.vendors.github.syntax import scope
from mlci.vendors.github.syntax.expression.types import ANY, BOOL, STRING, STRINGS, strict
from mlci.yaml.document import Document
from mlci.yaml.places import within
from mlci.yaml.source import SourceFile

WORKFLOW = """\
on:
  workflow_dispatch:
    inputs: {Name: {type: string}, loud: {type: boolean}, odd: {type: text}}
jobs:
  build:
    runs-on: ubuntu-24.04
    outputs: {path: x}
    services: {db: {image: "postgres:16"}}
    strategy:
      matrix:
        a: [1, b]
        c: [{d: e}]
        include: [{f: true}]
    steps:
      - {id: one, run: make}
      - parallel:
          - {id: two, run: make}
      - {id: three, run: make}
  test:
    needs: Build
    runs-on: ubuntu-24.04
    strategy: {matrix: "${{ fromJSON('{}') }}"}
    steps: []
"""


@pytest.mark.parametrize(
    "text",
    [
        "a: x ${{ y }} z",
        'a: "x ${{ y }} z"',
        "a: 'it''s ${{ y }}'",
        "a: |\n  one\n    ${{ y }}\n",
        "a: |-\n\n  one\n\n  ${{ y }}\n",
        "a: >\n  one\n  two ${{ y }}\n",
        "a: plain\n  goes ${{ y }} on\n",
        "- - b: ['q', \"r ${{ y }}\"]",
    ],
)
def test_the_place_of_an_expression(text):
    document = Document("f", text)
    node = next(one for one in scalars(document.root) if "${{" in one.value)
    mark = within("f", document.lines, node, node.value.index("${{"), 3)
    assert document.lines[mark.line - 1][mark.column - 1 :].startswith("${{")


def scalars(node):
    """Yield the scalars of a tree."""
    if node.id == "scalar":
        yield node
        return
    for item in node.value:
        for one in item if isinstance(item, tuple) else (item,):
            yield from scalars(one)


@given(st.text(alphabet="ab '\"\\\n", min_size=1, max_size=40), st.integers(0, 50))
def test_a_place_is_always_within_the_scalar(value, start):
    import json

    document = Document("f", f"key: {json.dumps(value)}\n")
    node = document.root.value[0][1]
    mark = within("f", document.lines, node, min(start, len(node.value)), 2)
    assert node.line <= mark.line - 1 <= node.end_line
    assert mark.length >= 1 and mark.column >= 1


@pytest.fixture
def world():
    file = SourceFile(".github/workflows/ci.yml", WORKFLOW, kinds.BY_ID["github-workflow"])
    return scope.read_world(file)


def test_inputs_are_those_declared(world):
    assert world.context("inputs", 0, 0).properties == {"name": STRING, "loud": BOOL, "odd": ANY}
    event = world.context("github", None, None).properties["event"]
    assert set(event.properties["inputs"].properties) == {"name", "loud", "odd"}


def test_steps_are_those_before(world):
    names = [sorted(world.context("steps", 0, number).properties) for number in range(4)]
    assert names == [[], ["one"], ["one"], ["one", "two"]]
    assert set(world.context("steps", 0, None).properties) == {"one", "two", "three"}


def test_the_matrix_is_typed_by_its_rows(world):
    assert world.context("matrix", 0, 0) == strict({"a": STRING, "c": strict({"d": STRING}), "f": BOOL})
    assert world.context("matrix", 1, 0).rest is ANY


def test_needs_are_those_named_whatever_their_case(world):
    needs = world.context("needs", 1, None)
    assert needs.properties["build"].properties["outputs"] == strict({"path": STRING})
    assert world.context("needs", 0, None).properties == {}


def test_services_and_secrets(world):
    assert set(world.context("job", 0, 0).properties["services"].properties) == {"db"}
    assert world.context("secrets", 0, 0) is STRINGS
    assert isinstance(world.context("jobs", None, None).properties, dict)
