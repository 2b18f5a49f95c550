"""What a rule finds on one vendor it finds on all that have such a thing; what it leaves out has a reason."""

from __future__ import annotations

import pytest
from lint_rules_kit import CASES, files_in, rules_in, run

from mlci.lint import kinds

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
MANY = 5
SHARED = [rule for rule in rules_in("security", "ml") if len(rule.KINDS) >= MANY]


@pytest.mark.parametrize("rule", SHARED, ids=[rule.ID for rule in SHARED])
def test_a_rule_is_tried_on_every_kind_of_file_it_looks_at(rule):
    bad = {file.kind.id for file in files_in(CASES / rule.ID / "bad") if run(rule, file)}
    good = {file.kind.id for file in files_in(CASES / rule.ID / "good")}
    wanted = set(rule.KINDS) - {kinds.UNKNOWN.id} - set(APART.get(rule.ID, ()))
    assert bad == wanted
    assert wanted <= good


def test_what_is_left_out_is_one_of_the_rules():
    assert set(APART) <= {rule.ID for rule in SHARED}
