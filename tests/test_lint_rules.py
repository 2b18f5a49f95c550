"""Each rule about files and about the vendors' YAML against its documentation and its case folders."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from inspect import cleandoc

import pytest
from lint_rules_kit import CASES, agree, files_in

from mlci.findings import order, show
from mlci.lint import kinds
from mlci.lint.registry import PACKS, every_rule, find
from mlci.lint.run import check, make, sift
from mlci.lint.settings import Options

ELSEWHERE = {"jenkins", "github", "security", "ml"}
"""Packs whose examples need more around them; other files of tests try them."""
RULES = {rule.ID: rule for pack, rule in every_rule() if pack.id not in ELSEWHERE}
NEEDS_A_FOLDER = {"encoding", "file-too-large", "unreadable-file", "unknown-kind"}
"""Rules whose mistake no example can show; tests/test_lint_run.py makes it."""
ABOUT_COMMENTS = {"ignore-without-reason", "unused-ignore"}
BEYOND_A_PAGE = {"nesting", "alias-expansion"}
EXAMPLE = re.compile(r"^(Bad|Good):\n\n```\w+\n(?:# (\S+\.\S+)\n)?(.*?)^```", re.MULTILINE | re.DOTALL)
PATHS = {
    "circleci": ".circleci/config.yml",
    "travis": ".travis.yml",
    "gitlab": ".gitlab-ci.yml",
    "azure": "azure-pipelines.yml",
    "codebuild": "buildspec.yml",
    "dockerfile": "Dockerfile",
    "mlci": "mlci.yaml",
}
CASED = [rule for id, rule in RULES.items() if id not in NEEDS_A_FOLDER | ABOUT_COMMENTS]
each_cased_rule = pytest.mark.parametrize("rule", CASED, ids=[rule.ID for rule in CASED])


def examples(rule):
    """Return the examples of a rule's documentation, by Bad and Good, as files."""
    shown = {}
    for which, path, text in EXAMPLE.findall(cleandoc(rule.__doc__)):
        shown[which] = make(path or PATHS[rule.KINDS[0]], text, Options(partners=False))
    return shown


def lines(rule, folder):
    return [show(one).splitlines()[0] for file in files_in(folder) for one in order(rule.check(file))]


@each_cased_rule
def test_the_documentation_shows_what_the_rule_finds(rule):
    shown = examples(rule)
    assert set(shown) == {"Good"} | (set() if rule.ID in BEYOND_A_PAGE else {"Bad"})
    if "Bad" in shown:
        assert list(rule.check(shown["Bad"])), "the bad example is fine"
    assert not list(rule.check(shown["Good"]))


@each_cased_rule
def test_the_good_example_has_no_error_by_any_rule(rule):
    found = check(examples(rule)["Good"], Options(partners=False))
    assert [one for one in found if one.severity == "error"] == []


@each_cased_rule
def test_a_bad_case_yields_exactly_what_is_expected(rule, request):
    folder = CASES / rule.ID / "bad"
    assert agree(lines(rule, folder), folder, request)


@each_cased_rule
def test_a_good_case_yields_nothing(rule):
    files = files_in(CASES / rule.ID / "good")
    assert files
    assert lines(rule, CASES / rule.ID / "good") == []


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_is_registered_and_documented(rule):
    assert find(rule.ID) is rule
    assert set(rule.KINDS) <= set(kinds.EVERY)
    summary = cleandoc(rule.__doc__).splitlines()[0]
    assert summary.endswith((".", "…"))
    assert "Bad:" in rule.__doc__
    assert "Good:" in rule.__doc__


def test_every_case_folder_belongs_to_a_rule():
    known = {rule.ID for _, rule in every_rule()}
    assert {folder.name for folder in CASES.iterdir() if folder.is_dir()} <= known


@pytest.mark.parametrize("id", sorted(ABOUT_COMMENTS))
def test_comments_that_ignore_are_documented_by_what_happens(id):
    rule = RULES[id]
    for which, path, text in EXAMPLE.findall(cleandoc(rule.__doc__)):
        file = make(path, text, Options(partners=False))
        stand, _ = sift(file, check(file, Options(partners=False)), Options(partners=False))
        assert (id in [one.rule for one in stand]) == (which == "Bad")


PACKAGES = sorted(
    {pack.listed.partition(":")[0] for pack in PACKS} - {"mlci.lint.reading", "mlci.vendors.travis.rules"}
)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_rules_listed_are_the_modules_of_the_folder(package):
    found = import_module(package)
    listed = [
        name
        for pack in PACKS
        if pack.listed.startswith(f"{package}:")
        for name in getattr(found, pack.listed.partition(":")[2])
    ]
    modules = [name for _, name, _ in pkgutil.iter_modules(found.__path__)]
    assert sorted(listed) == [name for name in modules if hasattr(import_module(f"{package}.{name}"), "ID")]


JENKINSFILE = "pipeline {{\n    agent {{ docker 'python:nightly' }}{comment}\n}}\n"


def test_a_rule_is_still_known_by_the_name_it_had():
    options = Options(select=("jenkins-unpinned-image",), partners=False)
    file = make("Jenkinsfile", JENKINSFILE.format(comment=""), options)
    assert [one.rule for one in check(file, options)] == ["unpinned-image"]
    assert find("jenkins-unpinned-image").ID == "unpinned-image"
    ignored = JENKINSFILE.format(comment=" // mlci: ignore[jenkins-unpinned-image] tried out here")
    file = make("Jenkinsfile", ignored, options)
    assert sift(file, check(file, options), options)[0] == []
