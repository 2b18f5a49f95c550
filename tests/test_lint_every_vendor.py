"""What a rule finds on one vendor it finds on all that have such a thing; what it leaves out has a reason."""

from __future__ import annotations

from functools import cache

import pytest
from lint_rules_kit import CASES, files_in, rules_in, run

ELSEWHERE = {"codebuild": "its project says it, outside of the file", "dockerfile": "an image is no job"}
PARTS = dict.fromkeys(("circleci-orb", "circleci-orb-part", "github-action"), "who uses it says when it runs")
BY_ITSELF = "a job ends after an hour by itself, or earlier"
APART: dict[str, dict[str, str]] = {
    "long-lived-cloud-key": {
        "travis": "Travis has no identity to give",
        "jenkinsfile": "a Jenkins has one by a plugin only",
        "dockerfile": "an image logs in nowhere",
    },
    "unpinned-image": {"travis": "a job has no image of its own", "codebuild": ELSEWHERE["codebuild"]},
    "image-without-digest": {"travis": "a job has no image of its own", "codebuild": ELSEWHERE["codebuild"]},
    "secret-in-artifact": {"dockerfile": ELSEWHERE["dockerfile"]},
    "secret-in-cache": {"dockerfile": ELSEWHERE["dockerfile"]},
    "model-in-cache": {"dockerfile": ELSEWHERE["dockerfile"]},
    "deploy-without-concurrency": {**ELSEWHERE, "travis": "its settings say it"},
    "deploy-without-gate": {**ELSEWHERE, "travis": "Travis has no such thing"},
    "gpu-mismatch": {**ELSEWHERE, "github-action": "the job that uses it has the machine"},
    "retrain-without-comparison": {**ELSEWHERE, **PARTS},
    "training-without-seed": {"mlci": "mlci sets one"},
    "training-without-timeout": dict.fromkeys(
        ("azure", "codebuild", "gitlab", "travis", "dockerfile"), BY_ITSELF
    ),
}
MANY, FEW = 5, 3
SHARED = [rule for rule in rules_in("security", "ml") if len(rule.KINDS) >= MANY]


@cache
def tried(rule, which):
    """Return the kinds of file that a rule's cases hold."""
    return {file.kind.id for file in files_in(CASES / rule.ID / which)}


VIEWED = [rule for rule in SHARED if len(tried(rule, "bad")) > FEW]
"""The rules that try the views: together they ask for all that a view shows, of every vendor. One more rule
stands on what these have tried, so a case of one vendor is enough for it, or a few where vendors differ."""
KINDS = set().union(*(tried(rule, "bad") for rule in VIEWED))
"""A new vendor's kinds are among them from its first case on, and are then asked of every rule."""


@pytest.mark.parametrize("rule", VIEWED, ids=[rule.ID for rule in VIEWED])
def test_a_rule_is_tried_on_every_kind_of_file_it_looks_at(rule):
    bad = {file.kind.id for file in files_in(CASES / rule.ID / "bad") if run(rule, file)}
    wanted = (set(rule.KINDS) & KINDS) - set(APART.get(rule.ID, ()))
    assert bad == wanted
    assert wanted <= tried(rule, "good")


@pytest.mark.parametrize("rule", SHARED, ids=[rule.ID for rule in SHARED])
def test_a_rule_finds_something_in_each_bad_file_and_knows_a_good_one_of_that_kind(rule):
    assert tried(rule, "bad")
    assert all(run(rule, file) for file in files_in(CASES / rule.ID / "bad"))
    assert tried(rule, "bad") <= tried(rule, "good")


def test_the_views_are_tried_by_as_many_rules_and_kinds_as_ever():
    assert len(VIEWED) >= 23
    assert len(KINDS) >= 13


def test_what_is_left_out_is_one_of_the_rules():
    assert set(APART) <= {rule.ID for rule in VIEWED}
