"""How well the linter does on Travis's files whose verdict is known.

`python -m benchmarks.corpora.travis CORPORA [--show]` prints the numbers, and what is missed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.corpora import labelled

PARTS = ("travis/spec", "travis/docs", "travis/schemastore-travis")


def score(corpora: Path) -> dict[str, Any]:
    """Count bad files that are found, and clean files that are flagged."""
    return labelled.score(corpora, PARTS, ("travis",), ("err", "warn"))


if __name__ == "__main__":
    labelled.show(score(Path(sys.argv[1])))
