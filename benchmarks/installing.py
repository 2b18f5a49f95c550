"""How much the light install, without extras, takes on disk."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import PYTHON, ROOT, Row


def measure() -> Iterator[Row]:
    """Yield the row about the install."""
    with TemporaryDirectory() as name:
        target = Path(name) / "site"
        subprocess.run(
            [
                PYTHON,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--target",
                str(target),
                str(ROOT),
            ],
            check=True,
            capture_output=True,
        )
        size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    yield Row("the light install", size / 1e6, 40, "MB")
