"""Travis's conditions: one reader, for the linter's faults, the runner's verdict and the renderer's text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlci.errors import InputError
from mlci.lint.kinds import KINDS
from mlci.lint.registry import rules_for
from mlci.parity.contract import Event
from mlci.vendors.travis import runner
from mlci.vendors.travis.render import terms
from mlci.vendors.travis.render.conditions import BRANCH
from mlci.vendors.travis.runner.evaluation import Facts
from mlci.vendors.travis.syntax.conditions.grammar import ATTRIBUTES
from mlci.vendors.travis.syntax.conditions.printer import printed
from mlci.vendors.travis.syntax.conditions.reader import Fault, condition_or_fault, read_condition
from mlci.vendors.travis.syntax.conditions.tree import Comparison, Text, comparisons
from mlci.yaml.source import SourceFile

PATH = ".travis.yml"
KIND = next(kind for kind in KINDS if kind.id == "travis")
RULE = next(rule for _, rule in rules_for("travis") if rule.ID == "travis-condition")
DEV = Facts(
    {"type": "push", "branch": "dev", "tag": "", "fork": "false", "draft": "false"}, {"A": "x", "B": "("}
)
OPEN = "cannot be read as a regular expression: missing ), unterminated subpattern"

VALUES = ("main", "dev", "draft", "environment", "internal", "ortag", "true", "^v", "'a b'", '"it\'s"', '""')
UNSOUND = ("$HOME", "a||b", "\\", "other(a)", "'open", "env", "")
REGEXES = (
    *("/^m/", "/a b/", r"/a\/b/", "^(main|dev)$", "^release/", "/open", "//", "'a'", "(?i)DEV", r"\h+\z"),
    *("[[:alpha:]]", "(?<n>d)ev", "/(?i)a|[^]]/", "env(B)", "concat(^, main)"),
)
UNSOUND_REGEXES = ("^(main", "/x/i", "[", "*", "a{1,99999999999}", r"v\d+\/", "(a)|(b)", "")


class Maker:
    """Makes conditions of every kind; about half have a mistake."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.mistakes = self.random.choice((0.0, 0.06))

    def one(self, sound: Sequence[str], unsound: Sequence[str] = ()) -> str:
        return self.random.choice(unsound if unsound and self.random.random() < self.mistakes else sound)

    def space(self) -> str:
        return self.one((" ", " ", "  ", " \\\n "), ("",))

    def operand(self) -> str:
        kind = self.random.random()
        if kind < 0.4:
            return self.one(ATTRIBUTES)
        if kind < 0.8:
            return self.one(VALUES, UNSOUND)
        name = self.one(("env", "concat", "ENV"), ("other",))
        return f"{name}({self.list()}{self.one((')',), ('',))}"

    def list(self) -> str:
        return self.one((", ", ","), (" ",)).join(self.operand() for _ in range(self.random.randint(1, 2)))

    def term(self) -> str:
        ends: dict[str, Callable[[], str]] = {
            self.one(("=", "==", "!="), ("=!", "<")): self.operand,
            self.one(("=~", "~=", "!~")): lambda: self.one(REGEXES, UNSOUND_REGEXES),
            self.one(("IN", "NOT IN", "in"), ("NOT", "NOT  IN")): lambda: f"({self.list()})",
            self.one(("IS", "is not"), ("IS  NOT",)): lambda: self.one(
                ("present", "blank", "true"), ("main",)
            ),
        }
        sign = self.one((*ends, ""))
        return self.operand() + (self.space() + sign + self.space() + ends[sign]() if sign else "")

    def condition(self, depth: int = 3) -> str:
        kind = self.random.random() * depth
        if kind < 0.7:
            return self.term()
        if kind < 1:
            return self.one(("NOT ", "!", "not")) + self.condition(depth - 1)
        if kind < 1.4:
            return f"({self.condition(depth - 1)}{self.one((')',), ('',))}"
        word = self.one(("AND", "OR", "&&", "||", "or"), ("xor", ""))
        return f"{self.condition(depth - 1)} {word}{self.space()}{self.condition(depth - 1)}"


def made(seed: int) -> str:
    return Maker(seed).condition()


CONDITIONS = st.one_of(st.integers(0, 2**32).map(made), st.text("()=~!'\"/\\ ,|&$ aino\n", max_size=12))


def as_yaml(condition: str) -> str:
    escaped = condition.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def linted(text: str) -> list[tuple[str, int, int]]:
    found = RULE.check(SourceFile(PATH, text, KIND))
    return [(one.message, one.mark.line, one.mark.column) for one in found]


def planned(text: str) -> list[tuple[str, int, int]]:
    """Plan, and return what is refused."""
    try:
        runner.plan({PATH: text}, Event())
    except InputError as error:
        return [(one.message, one.mark.line, one.mark.column) for one in error.findings]
    return []


def test_the_linter_the_plan_and_the_printer_have_one_reader() -> None:
    kinds: Counter[str] = Counter()
    for start in range(0, 6000, 500):
        conditions = [made(seed) for seed in range(start, start + 500)]
        entries = [f"  - {{name: s{at}, if: {as_yaml(one)}}}" for at, one in enumerate(conditions)]
        read = [condition_or_fault(one) for one in conditions]
        for one in read:
            kinds["refused" if isinstance(one, Fault) else "accepted"] += 1
            if not isinstance(one, Fault):
                assert read_condition(printed(one)) == one, printed(one)
                assert DEV.hold(one) in (True, False)
                kinds.update(each.operator for each in comparisons(one))
        text = "\n".join(["language: generic", "script: make", "stages:", *entries])
        refused = [
            (str(one), at + 4, entries[at].index('"') + 1)
            for at, one in enumerate(read)
            if isinstance(one, Fault)
        ]
        assert linted(text) == refused
        assert planned(text) == refused
    assert min(kinds["refused"], kinds["accepted"]) > 1000, kinds
    assert {"=", "!=", "=~", "!~", "IN", "NOT IN", "IS", "IS NOT"} <= set(kinds)


@settings(max_examples=200, deadline=None)
@given(CONDITIONS, st.sampled_from(("v0", "v1")))
@example("(branch =~ /^m/) OR (tag =~ /^v/)", "v1")
@example("branch =~ ^(main", "v1")
@example("NOT " * 99 + "fork", "v1")
@example("(" * 100 + "fork" + ")" * 100, "v1")
@example("(" * 101 + "fork" + ")" * 101, "v1")
def test_what_the_linter_refuses_plan_refuses_wherever_it_stands(condition: str, version: str) -> None:
    given = as_yaml(condition)
    text = (
        f"conditions: {version}\nlanguage: generic\nscript: make\nif: {given}\n"
        f"stages: [{{name: test, if: {given}}}]\n"
        f"jobs: {{include: [{{if: {given}, name: a}}]}}\n"
        f"notifications: {{email: {{if: {given}}}}}\n"
    )
    read = condition_or_fault(condition, version)
    assert linted(text) == planned(text)
    assert [said for said, _, _ in linted(text)] == 4 * ([str(read)] if isinstance(read, Fault) else [])
    assert isinstance(read, Fault) or read_condition(printed(read)) == read


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("branch =~ /^main/ OR branch =~ /^dev/", True),
        ("(branch =~ /^m/) OR (tag =~ /^v/)", False),
        (r"branch =~ /^a\/b/ OR branch = dev", True),
        ("branch =~ ^(main|dev)$", True),
        ("branch =~ env(B)", False),
        ("branch =~ concat(^d, env(MISSING), ev$)", True),
        ("branch =~ /(?i)DEV/", True),
        (r"branch =~ /\A[[:alpha:]]+\z/", True),
        ("branch = main ORfork = false", True),
        ("environment = ironment", True),
        ("fork = false AND NOT fork", True),
        ("env(A) IS present AND env(MISSING) IS blank", True),
        ("draft = false", True),
        ("branch=dev", True),
        ("branch!=dev", True),
        ("branch !~ ^m && ! (tag IS present)", True),
        ("type IN (api, push,) AND branch NOT IN (main, 'x y')", True),
    ],
)
def test_a_condition_means_what_travis_makes_of_it(condition: str, holds: bool) -> None:
    assert DEV.hold(read_condition(condition)) == holds


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("branch =~ ^(main", f"'^(main' {OPEN}"),
        ("branch =~ (a)|(b)", f"'(a)|(b' {OPEN}"),
        ("branch =~ /x/i", "unexpected 'i'"),
        ("branch = main||type = push", "unexpected '='"),
        ("branch NOT  IN (a)", "'NOT' is followed by 'IN' here, with one space between"),
        ("branch NOT main", "'NOT' is followed by 'IN' here"),
        ("branch IN ()", "the list behind 'IN' is empty"),
        ("branch = 'main", "unexpected ''main'"),
        ("env(A", "a call is not closed"),
        ("env = x", "expected a value before '='"),
        ("branch =", "it ends too early"),
    ],
)  # fmt: skip
def test_a_fault_is_named(condition: str, said: str) -> None:
    with pytest.raises(Fault) as caught:
        read_condition(condition)
    assert str(caught.value) == f"not a valid condition: {said}"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("branch = type", None),
        ("not branch=main and (env(A) =~ /a b/ or tag is present)", None),
        ("fork", "'fork' is compared with nothing"),
        ("1 = 1", "'1' is no attribute"),
        ("branch NOT IN (a)", "'NOT' stands before the whole comparison in version 0"),
        ("tag IS NOT blank", "'IS' is followed by present, blank, got 'NOT'"),
        ("branch = a || tag = b", "unexpected '||'"),
    ],
)
def test_version_0_knows_less(condition: str, said: str | None) -> None:
    read = condition_or_fault(condition, "v0")
    assert (str(read) if isinstance(read, Fault) else None) == (said and f"not a valid condition: {said}")


NAMES = st.text(st.characters(exclude_characters="\\\n\r", codec="utf-8"), max_size=8)


@settings(max_examples=200, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=3))
@example(["draft"])
@example(["feature/*", "a b/"])
@example(["it's", 'a "b"'])
def test_what_the_renderer_asks_is_read_back(patterns: list[str]) -> None:
    asked = terms.matches(BRANCH, patterns)
    if asked is not None:
        text = printed(asked)
        assert printed(read_condition(text)) == text
        assert printed(read_condition(f"({text}) OR fork")) == f"{text} OR fork"


def test_an_attribute_is_quoted_where_a_text_is_meant() -> None:
    for name in ATTRIBUTES:
        assert printed(Comparison(BRANCH, "=", Text(name))) == f'branch = "{name}"'
