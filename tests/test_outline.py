"""YAML read by lines against the full parser: the same tree to the last column, or none."""

from __future__ import annotations

import contextlib
import time
from functools import cache
from pathlib import Path

import pytest
from amount_kit import examples, part
from hypothesis import given
from hypothesis import strategies as st

from mlci.errors import InputError
from mlci.yaml import fast_reader
from mlci.yaml.composer import COLON, compose
from mlci.yaml.document import Document
from mlci.yaml.nodes import Node, Tree

HERE = Path(__file__).parent
FILES = sorted(
    path
    for folder in (HERE / "cases", HERE.parent / "examples")
    for path in folder.rglob("*.y*ml")
    if path.is_file()
)
TEXTS = [path.read_text("utf-8") for path in FILES]


def flat(tree: Tree):
    """Return a tree as plain values; what is met again comes as its number."""
    seen = {}

    def one(node: Node):
        if id(node) in seen:
            return seen[id(node)]
        seen[id(node)] = len(seen)
        value = node.value
        if node.id == "sequence":
            value = [one(item) for item in value]
        elif node.id == "mapping":
            value = [(one(key), one(item)) for key, item in value]
        place = (node.line, node.column, node.end_line, node.end_column)
        return (node.id, node.tag, value, place, node.style or "", node.anchor)

    def places(nodes):
        return sorted((node.line, node.column) for node in nodes)

    return [one(root) for root in tree.roots], places(tree.suspects), places(tree.unused)


@cache
def agrees(text: str) -> bool:
    """Tell whether a text is read by lines; then as the full parser reads it."""
    try:
        ours = flat(fast_reader.read_tree(text))
    except fast_reader.Unusual:
        return False
    try:
        theirs = flat(compose("x", text))
    except InputError as error:
        if older(text):
            return True  # refused by libyaml for its age, and by the slow parser for a tab within a word
        raise AssertionError(f"the full parser refuses it: {error}") from error
    if not older(text):
        assert ours == theirs
    return True


def older(text: str) -> bool:
    """Tell whether the text has what only the slow parser reads, whose marks differ in places."""
    from _ruamel_yaml import CParser
    from ruamel.yaml.error import YAMLError

    parser = CParser(text)
    try:
        while parser.get_event() is not None:
            pass
    except YAMLError as error:
        return getattr(error, "problem", None) == COLON
    return False


READ = [
    "",
    "\n\n# nothing\n",
    "a: b",
    "a: b # c\n",
    "a:\n",
    "a:\nb: ~\n",
    "- a\n- b: c\n  d: e\n-\n- - x\n  - y\n",
    "a:\n- b\n- c\nd: e\n",
    "'on': x\n\"b\" : 'it''s'\n",
    "a: 'it''s'\nb: \"x\\ny\\u00e9\\x41\"\n",
    "a: |\n  one\n\n   two\n  three\n\n\nb: >-\n  one\n  two\n\n   three\n  four\n",
    "a: |+\n  x\n\nb: |-\n  y\n# c\nd: >\n  z\n\n  w\n",
    "a: one\n  two\n\n  three # four\nb:\n  five\n  six\n",
    "a: \"one\n  two\n\n  three\\\n   four\"\nb: 'five\n  six'\n",
    "a: [b, c, {d: e, 'f': g}, [], {}, h: i]\nb: [\n  x, # y\n  z,\n]\n",
    "a: &x\n  b: c\nd: *x\ne: &y [1, 2]\nf: {<<: *x, g: *y}\nh: &z w\n",
    "a: !reference [b, c]\nd: [!reference [e, f]]\ng: !x y\n",
    "a: 1\nb: -1.5e3\nc: 0x1F\nd: true\ne: null\nf: .inf\ng: 1:2\nh: yes\ni: 010\n",
    "---\na: b\n---\nc: d\n",
    "# c\n--- # d\n- a\n",
    "  a: b\n  c:\n    d: e\n",
    "a b: c d\nhttp://x: y#z\n-x: --flag\n?y: z\n",
    "a: b\r\nc: |\r\n  d\r\n\r\n  e\r\nf: 'g\r\n  h'\r\n",
    "a: {b: http://c/d, e: f:g}\n",
    "<<: x\n'<<': y\na: b\na: c\n",
    '{"a": ["b", 1, null], "c":{}}\n',
    "a: \u00e9\u00a0\U0001f600 # \u4e2d\n\u00fc: b\n",
]
LEFT = [
    "? a\n: b\n",
    "a: b: c\n",
    "a:\tb\n",
    "%YAML 1.2\n---\na: b\n",
    "a: b\n...\n",
    "a: |2\n  x\n",
    "scalar\n",
    "a: &b\nc: *d\n",
    "a: &b [*b]\n",
    "a: &b\nc: d\n",
    "- a\n b: c\n",
    "a: b\n  c: d\n",
    "a: [b\n",
    "a: 'b\n",
    "a: b\rc: d\n",
    "a: \u2028\n",
    "a: {b, c}\n",
    "[a, b]: c\n",
    "a: |\n \tx\n",
    "a:\n  - b\n c: d\n",
    "a: b\n ",
]


@pytest.mark.parametrize("text", READ)
def test_what_people_write_is_read_as_the_full_parser_reads_it(text):
    assert agrees(text)


@pytest.mark.parametrize("text", LEFT)
def test_what_is_rare_or_wrong_is_left_to_the_full_parser(text):
    with pytest.raises(fast_reader.Unusual):
        fast_reader.read_tree(text)


@pytest.mark.parametrize("text", TEXTS, ids=[path.relative_to(HERE.parent).as_posix() for path in FILES])
def test_files_are_read_alike(text):
    agrees(text)


def test_nearly_all_files_are_read_by_lines():
    good = [text for path, text in zip(FILES, TEXTS, strict=True) if "bad" not in path.parts]
    assert sum(map(agrees, good)) > 0.97 * len(good)


SCRAPS = ["\n", "\n\n", " ", "  ", "- ", ": ", ":", "#", " #", "'", '"', "[", "]", "{", "}", ",", "&a ", "*a"]
SCRAPS += [
    "!x ",
    "|\n",
    ">-\n",
    "? ",
    "<<: ",
    "~",
    "\t",
    "---\n",
    "...\n",
    "\\",
    "\\\n",
    "é",
    "%",
    "-\n",
    "k:\n",
]


@examples(1_500)
@given(st.sampled_from(TEXTS + READ), st.data())
def test_mutated_files_are_read_alike(text, data):
    start = data.draw(st.integers(0, len(text)))
    text = text[start : start + data.draw(st.sampled_from([40, 200, 1_000]))]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        until = at + data.draw(st.sampled_from([0, 0, 1, 4, 20]))
        text = text[:at] + data.draw(st.sampled_from(["", *SCRAPS])) + text[until:]
    agrees(text)


UNITS = [
    "a",
    "a: ",
    "- ",
    "-   ",
    "- a\n",
    "a: b\n",
    "a:b",
    "a#b",
    " ",
    "# ",
    "'",
    '"',
    "[",
    "{a: ",
    "&a ",
    "*a ",
]
UNITS += ["!x ", "a: |\n b\n", "---\n", "\\", "a b\n", "'' ", "- a#b" + " " * 50, "x: &a\n", "0", "a:\n  b\n"]


@pytest.mark.parametrize("head", ["", "a: ", "- ", "x: [", 'x: "', "x: |\n  ", "a#b "])
@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_long(unit, head):
    text = head + unit * (part(399_000) // len(unit)) + "x: y\n"
    start = time.process_time()
    with contextlib.suppress(fast_reader.Unusual):
        fast_reader.read_tree(text)
    assert time.process_time() - start < 2


def test_an_alias_that_expands_too_far_is_left_to_the_full_parser():
    lines = ["a0: &a0 [x, x]\n"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 20)]
    with pytest.raises(fast_reader.Unusual):
        fast_reader.read_tree("".join(lines))
    with pytest.raises(InputError, match="expand to more than"):
        Document("x", "".join(lines))


def test_a_colon_within_brackets_is_no_mistake():
    text = "? complex\n: x\nimages: [registry:5000/image:1.2, {a: b:c}]\n"
    assert Document("x", text).root.value[1][1].value[0].value == "registry:5000/image:1.2"
    with pytest.raises(InputError, match="not valid YAML"):
        Document("x", "a: [b:c, {d: e]\n")


def test_of_a_repeated_key_the_first_stands_and_the_second_is_told():
    document = Document("x", "a: 1\nb: {c: 1, c: 2}\na: 2\n")
    assert [found.message for found in sorted(document.problems)] == [
        "duplicate key 'c', first on line 2",
        "duplicate key 'a', first on line 1",
    ]
    assert document.plain == {"a": 1, "b": {"c": 1}}
