"""How well the linter does on GitLab's files whose verdict is known.

`python -m benchmarks.corpora.gitlab CORPORA [--show]` prints the numbers, and what is missed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.corpora import labelled

PARTS = ("gitlab/gl-schema-neg", "gitlab/gl-legacy")


def score(corpora: Path) -> dict[str, Any]:
    """Count bad files that are found, and clean files that are flagged."""
    return labelled.score(corpora, PARTS, ("gitlab",), ("err",))


if __name__ == "__main__":
    labelled.show(score(Path(sys.argv[1])))
