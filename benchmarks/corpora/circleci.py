"""How well the linter does on CircleCI's files whose verdict is known.

`python -m benchmarks.corpora.circleci CORPORA [--show]` prints the numbers, and what is missed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.corpora import labelled

PARTS = ("circleci/ls-files", "circleci/schemastore-circleciconfig")


def score(corpora: Path) -> dict[str, Any]:
    """Count bad files that are found, and clean files that are flagged."""
    return labelled.score(corpora, PARTS, ("circleci",), ("err",))


if __name__ == "__main__":
    labelled.show(score(Path(sys.argv[1])))
