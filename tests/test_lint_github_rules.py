"""Each rule of the packs github, security and ml against its documentation and its case folders."""

from __future__ import annotations

import pytest
from lint_rules_kit import CASES, agree, examples, file_of, lines, rules_in, run

from mlci.lint import jobs, kinds
from mlci.lint.registry import find

RULES = {rule.ID: rule for rule in rules_in("github", "security", "ml")}
each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


@each_rule
def test_documentation_shows_what_the_rule_finds(rule, tmp_path):
    shown = examples(rule)
    assert set(shown) == {"Bad", "Good"}
    assert run(rule, file_of(shown["Bad"], tmp_path)), "the bad example is fine"
    assert not run(rule, file_of(shown["Good"], tmp_path))


@each_rule
def test_a_good_example_has_no_error_by_any_rule(rule, tmp_path):
    file = file_of(examples(rule)["Good"], tmp_path)
    found = [one for other in RULES.values() for one in run(other, file) if one.severity == "error"]
    assert found == []


@each_rule
def test_a_bad_case_yields_exactly_what_is_expected(rule, request):
    folder = CASES / rule.ID / "bad"
    assert agree(lines(rule, folder), folder, request)


@each_rule
def test_a_good_case_yields_nothing(rule):
    assert lines(rule, CASES / rule.ID / "good") == []


@each_rule
def test_a_rule_is_registered_and_signs_its_findings(rule):
    assert find(rule.ID) is rule
    assert set(rule.KINDS) <= set(kinds.EVERY)
    found = [one for line in [CASES / rule.ID / "bad"] for one in lines(rule, line)]
    assert all(one.endswith(f"[{rule.ID}]") for one in found)


def test_every_kind_with_jobs_has_a_view():
    for kind in kinds.KINDS:
        if kind.id in jobs.VIEWED:
            file = file_of_kind(kind)
            assert isinstance(jobs.view(file), jobs.View)


def file_of_kind(kind):
    """Make an empty file of a kind."""
    from mlci.yaml.source import SourceFile

    return SourceFile("file", "{}\n" if kind.syntax == "yaml" else "FROM scratch\n", kind)
