"""`python -m benchmarks.corpora CORPORA`: scores the linter, writes docs/reference/lint-scores.md.

CORPORA is a folder of `vendor/name.jsonl`, one JSON object a line: id, file (the path it has in its
repository), expect (ok, err, …), findings (line, message) where its authors say, text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpora import azure, circleci, github, gitlab, jenkins, travis
from mlci.derive.page import table
from mlci.files import write_atomic

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "lint-scores.md"
OPENING = """\
# Lint scores

<!-- Made by `python -m benchmarks.corpora`; run it again after a change of the rules. -->

Files whose authors said what is wrong with them: the test data of actionlint, of CircleCI's language server,
of travis-yml, of Jenkins's pipeline-model-definition plugin, of GitLab, of Azure's language server, and
SchemaStore's. What counts is bad files or lines found and, beside them, clean files flagged; some clean files
are legacy syntax.
"""


class Score(NamedTuple):
    """One row."""

    corpus: str
    found: int
    bad: int
    flagged: int
    clean: int
    of: str = "files"

    def row(self) -> tuple[str, str, str]:
        """Return it for the table."""
        share = f" ({self.found / self.bad:.0%})" if self.bad else ""
        return self.corpus, f"{self.found} of {self.bad} {self.of}{share}", f"{self.flagged} of {self.clean}"


def scores(corpora: Path) -> Iterator[Score]:
    """Yield every row."""
    for title, by in (("own rules", github.own), ("with the `lint` extra", github.merged)):
        one = github.score(corpora, by)
        yield Score(
            f"GitHub, {title}", one["found"], one["lines"], one["clean_flagged"], one["clean"], "lines"
        )
    for title, module in (
        ("CircleCI", circleci),
        ("Travis CI", travis),
        ("GitLab CI", gitlab),
        ("Azure", azure),
    ):
        one = module.score(corpora)
        yield Score(title, one["bad_found"], one["bad"], one["clean_flagged"], one["clean"])
    parts = jenkins.score(corpora).values()
    reachable = sum(part["bad"] - part["out_of_reach"] for part in parts)
    yield Score(
        "Jenkins, less what needs a live Jenkins",
        sum(part["found"] for part in parts),
        reachable,
        sum(part["flagged"] for part in parts),
        sum(part["ok"] for part in parts),
    )


def main() -> int:
    """Score, print, write."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print(__doc__)
        return 2
    made = table(("corpus", "bad found", "clean flagged"), [one.row() for one in scores(Path(sys.argv[1]))])
    print(made)
    write_atomic(PAGE, f"{OPENING}\n{made}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
