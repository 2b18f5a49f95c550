"""Reading Groovy: strings of all kinds, brackets, calls with and without parentheses, statements."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mlci.vendors.jenkins.syntax.groovy import read_source
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Annotation,
    Assign,
    Broken,
    Call,
    Chain,
    Closure,
    Control,
    Declare,
    Index,
    Labelled,
    ListOf,
    Literal,
    MapOf,
    Member,
    Method,
    Name,
    Template,
    Unary,
    text_of,
    walk,
)


def only(text):
    """Return the only statement of a text that must be sound."""
    source = read_source(text, "a.groovy")
    assert not source.problems
    assert len(source.statements) == 1
    return source.statements[0]


FILE_END = "before the end of the file"


def problems(text):
    source = read_source(text, "a.groovy")
    return [(source.mark(one.start, one.end)[1:3], one.message) for one in source.problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"'a\'b\\c\n$x'", "a'b\\c\n$x"),
        (r'"a\"b\$c"', 'a"b$c'),
        ("'''a\n'b'\n''c'''", "a\n'b'\n''c"),
        ('"""a "b" c"""', 'a "b" c'),
        (r"'\u0041\102\t'", "AB\t"),
        ("'''a\\\nb'''", "ab"),
        (r"(/a\/b\d$/)", r"a/b\d$"),
        ("x = $/a $ $$ $/ / b/$", "a $ $ / / b"),
        ("'a' + \"b\" + 'c'", "abc"),
        ("''", ""),
        ('""""""', ""),
    ],
)
def test_strings_mean_what_groovy_makes_of_them(written, meant):
    node = only(written)
    assert text_of(node.value if isinstance(node, Assign) else node) == meant


def test_interpolations_are_read_as_code():
    node = only('echo "a ${f("}", [1: "${x}"])} $b.c and \\${no}"')
    template = node.arguments[0].value
    assert isinstance(template, Template)
    plain = [part for part in template.parts if isinstance(part, str)]
    holes = [part.value for part in template.parts if not isinstance(part, str)]
    assert plain == ["a ", " ", " and ${no}"]
    assert isinstance(holes[0], Call) and holes[0].name == "f"
    assert isinstance(holes[1], Member) and holes[1].name == "c"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("sh 'make", (1, 4), "the string opened here with ' is not closed on its line"),
        (
            "sh '''make\n\n",
            (1, 4),
            "the string opened here with ''' is not closed " + FILE_END,
        ),
        ('sh "a ${b"\nc', (1, 7), "'${' opened here is not closed on its line"),
        ("a /* b\nc", (1, 3), "the comment opened here with '/*' is never closed"),
        ("a {\n}}", (2, 2), "'}' closes nothing"),
        ("a(b {\n)", (2, 1), "expected '}' to close the '{' of 'b' from line 1, found ')'"),
        ("a {\n  b {\n  }\n", (1, 3), "'{' of 'a' opened here is never closed"),
        ("a {\n    b {\n        c\n}\n", (2, 7), "'{' opened here is never closed"),
        (r"sh 'a\.b'", (1, 6), r"Groovy knows no escape '\.' in a string"),
        ('sh "$5"', (1, 5), "a '$' in a double-quoted string must be followed by a name or '{'"),
    ],
)
def test_a_syntax_error_is_reported_where_it_begins(text, place, said):
    assert problems(text)[0] == (place, said)


def test_only_errors_that_shift_the_rest_make_a_file_untrustworthy():
    assert read_source("sh 'make", "a").broken
    assert not read_source(r"sh 'a\.b'", "a").broken


def test_a_slash_divides_behind_a_value_and_opens_a_string_elsewhere():
    assert isinstance(only("x = a / b / c").value, Chain)
    assert text_of(only("x = /b/").value) == "b"
    assert isinstance(only("f(a) / 2"), Chain)


def test_calls_with_and_without_parentheses_are_alike():
    for text in ("sh 'make'", "sh('make')", "sh ('make')"):
        call = only(text)
        assert (call.name, text_of(call.arguments[0].value)) == ("sh", "make")


def test_named_arguments_keep_their_keys():
    call = only("sh script: 'make', returnStdout: true,\n   label: \"x\"")
    assert [one.key for one in call.arguments] == ["script", "returnStdout", "label"]
    assert isinstance(call.arguments[1].value, Literal) and call.arguments[1].value.value is True


def test_a_block_is_the_last_argument_even_on_the_next_line():
    for text in ("stage('a') { b }", "stage('a')\n{ b }", "stage 'a', { b }"):
        call = only(text)
        assert [text_of(one.value) for one in call.plain] == ["a"]
        assert isinstance(call.closure, Closure)
    assert only("pipeline\n{ b }").closure is not None


def test_a_block_after_a_string_belongs_to_the_string():
    call = only('stage "a" { b }')
    assert call.closure is None
    assert call.arguments[0].value.closure is not None


def test_a_chain_of_commands_is_a_chain_of_calls():
    call = only("name 'OS' values 'linux'")
    assert (call.name, call.target.name) == ("values", "name")
    call = only("axis { a } axis { b }")
    assert (call.name, call.target.name) == ("axis", "axis")


def test_values_of_all_kinds():
    assert isinstance(only("x = [1, 2,]").value, ListOf)
    assert isinstance(only("x = [a: 1, 'b': 2, (c): 3]").value, MapOf)
    assert isinstance(only("x = [:]").value, MapOf)
    assert isinstance(only("x = a[0].b").value, Member)
    assert isinstance(only("x = a?.b['c']").value, Index)
    assert isinstance(only("x = !a").value, Unary)
    assert only("x = 0x1F").value.value == 31
    assert only("x = 1_000L").value.value == 1000
    assert only("x = 1.5").value.value == 1.5
    assert only("x = null").value.value is None


@pytest.mark.parametrize(
    "text",
    [
        "def a = b ? c : d",
        "def a = b\n  ? c\n  : d",
        "def (a, b) = [1, 2]",
        "Map<String, List<Integer>> a = [:]",
        "final String[] a = b as String[]",
        "int a = (int) b",
        "def a = 1, b = 2",
        "def a",
    ],
)
def test_declarations(text):
    assert isinstance(only(text), Declare)


def test_methods_annotations_and_classes():
    head = "#!/usr/bin/env groovy\n@Library('a@1') _\n"
    source = read_source(head + "@NonCPS\ndef f(x, y = 2) { x }\nclass A { def g() {} }", "a")
    kinds = [type(one) for one in source.statements]
    assert kinds == [Annotation, Name, Annotation, Method, Control]
    assert source.statements[0].name == "Library"
    assert source.statements[3].name == "f"


def test_control_flow_keeps_its_blocks():
    source = read_source(
        "if (a) {\n b()\n} else if (c) {\n d()\n} else {\n e()\n}\n"
        "try { f() } catch (IOException | Error x) { g() } finally { h() }\n"
        "for (int i = 0; i < 3; i++) { j() }\nfor (k in l) m()\nwhile (n) o()\n"
        "switch (p) { case 'q': r(); break; default: s() }",
        "a",
    )
    assert not source.problems
    called = [node.name for node in walk(*source.statements) if isinstance(node, Call)]
    assert called == list("bdefghjmors")
    assert not any(isinstance(node, Broken) for node in walk(*source.statements))


def test_labels_are_told_from_named_arguments():
    source = read_source("agent { label: 'x' }", "a")
    assert isinstance(source.statements[0].closure.body[0], Labelled)


def test_a_second_statement_on_a_line_is_left_over():
    source = read_source("A = 'x' B = 'y'\nC = 'z'", "a")
    assert [type(one) for one in source.statements] == [Assign, Broken, Assign]


def test_all_kinds_of_sound_groovy_leave_nothing_unread():
    texts = (
        (Path(__file__).parent / "cases" / "groovy" / "sound.txt").read_text(encoding="utf-8").split("---\n")
    )
    for text in texts:
        source = read_source(text, "a")
        unread = [text[one.start : one.end] for one in walk(*source.statements) if isinstance(one, Broken)]
        assert (unread, source.problems) == ([], ()), text


def test_places_are_lines_and_columns_from_one():
    source = read_source("a {\n  sh 'x'\n}", "a")
    call = source.statements[0].closure.body[0]
    assert tuple(source.mark(call.start, call.end)) == ("a", 2, 3, 6)


def test_a_place_over_several_lines_underlines_the_first_one():
    source = read_source("ab {\n}", "a")
    assert source.mark(0, 6).length == 4


DEEP = ("{", "(", "[", "a{", "(a{", "a (b: {", '"${', '"${a{', "if(a){", "x = {", "{->", "!(")


@pytest.mark.parametrize("unit", DEEP)
def test_deep_nesting_is_a_problem_and_no_crash(unit):
    assert sys.getrecursionlimit() >= 1000
    for count in (40, 63, 64, 65, 20_000):
        source = read_source(unit * count, "a")
        list(walk(*source.statements))
    assert "nested more than 64 deep" in source.problems[0].message


def test_too_long_a_file_is_a_problem():
    assert "longer than 512 KiB" in read_source("a\n" * 300_000, "a").problems[0].message
    assert "more than 75000 words" in read_source("a;" * 50_000, "a").problems[0].message
