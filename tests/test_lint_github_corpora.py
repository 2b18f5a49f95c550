"""The score on real files whose verdict is known, where they are at hand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
CORPORA = TOP.parent / "shared" / "corpora"
sys.path.insert(0, str(TOP / "benchmarks" / "corpora"))

pytestmark = pytest.mark.skipif(
    not (CORPORA / "github").is_dir(),
    reason="needs the corpora beside the repository: ../shared/corpora/github",
)


def test_own_rules_alone():
    import github

    score = github.score(CORPORA)
    assert score["found"] / score["lines"] >= 0.9, score["missed"]
    assert score["bad_found"] == score["bad"]
    assert score["clean_flagged"] <= 2, score["flagged"]


@pytest.mark.real
def test_with_the_partner_tools():
    import github

    from mlci.lint.partners.tool import find

    missing = [name for name in ("actionlint", "zizmor", "shellcheck", "pyflakes") if find(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: pip install 'mlci[lint]'")
    score = github.score(CORPORA, github.merged)
    assert score["found"] / score["lines"] >= 0.98, score["missed"]
    assert score["clean_flagged"] <= 3, score["flagged"]
