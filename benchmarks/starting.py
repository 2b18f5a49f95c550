"""How long a command takes to start: in floors, a floor being Python that does nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import MLCI, Row, floor, seconds
from benchmarks.pipelines import chain


def measure() -> Iterator[Row]:
    """Yield the start-up rows."""
    base = floor()
    with TemporaryDirectory() as name:
        folder = chain(10, Path(name) / "ten")
        subprocess.run([*MLCI, "generate"], cwd=folder, check=True, capture_output=True)
        calls = (
            ("--version", ["--version"], 1.5),
            ("--help", ["--help"], 13.0),
            ("generate --check", ["generate", "--check"], 8.0),
            ("graph", ["graph"], 8.0),
        )
        for what, words, target in calls:
            yield Row(f"mlci {what}", seconds([*MLCI, *words], folder) / base, target, "F")
        stamp = folder / ".mlci" / "state" / "generate.json"
        best = float("inf")
        for _ in range(10):
            stamp.unlink(missing_ok=True)
            best = min(best, seconds([*MLCI, "generate"], folder, times=1))
        yield Row(
            "mlci generate, ten stages, every vendor", best / base, 12.0, "F", f"F is {base * 1e3:.1f} ms"
        )
