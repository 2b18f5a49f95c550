"""What a proof costs: each vendor's files run here, alone, beside `mlci run` of the same jobs."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measuring import MLCI, Row, environ
from benchmarks.running import quiet
from mlci.planning import vendor as vendors

WORKFLOW = "build-deploy"
MINUTES = 8
"""How long the whole proof of the demo may take on two cores."""


def measure() -> Iterator[Row]:
    """Yield the rows about proofs: of the demo, with TensorFlow and real images."""
    with TemporaryDirectory() as name:
        root = demo(Path(name))
        run = timed([*MLCI, "run", "--force"], root)
        for vendor in vendors.ALL:
            timed([*MLCI, "parity", "--workflow", WORKFLOW, "--vendor", vendor.ID], root)
            here, theirs = columns(root)["here"], columns(root)[vendor.ID]
            jobs = len(theirs["jobs"])
            overhead = (work(theirs) - work(here)) / jobs
            detail = f"{theirs['seconds']:.0f} s against {run:.0f} s; {overhead:.1f} s more a job of {jobs}"
            yield Row(
                f"parity, {vendor.product.TITLE} alone", theirs["seconds"] / run, 3.0, "x mlci run", detail
            )
        whole = timed([*MLCI, "parity", "--workflow", WORKFLOW], root)
        slowest = max(columns(root).values(), key=lambda column: float(column["seconds"]))
        detail = f"{whole / run:.1f} x mlci run; slowest {slowest['title']}, {slowest['seconds']:.0f} s"
        yield Row("parity of the demo, all vendors and the plan", whole / 60, MINUTES, "minutes", detail)


def demo(folder: Path) -> Path:
    """Scaffold, render and commit the demo."""
    root = folder / "digits"
    quiet([*MLCI, "init", str(root), "--scaffold", "digits", "--yes"], folder)
    quiet([*MLCI, "generate"], root)
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "--all"], [*who, "commit", "-q", "-m", "digits"]):
        quiet(["git", *words], root)
    return root


def timed(command: list[str], folder: Path) -> float:
    """Run a command; return its seconds."""
    begun = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environ(), capture_output=True, text=True, check=False, timeout=1800
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} left with {done.returncode}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - begun


def columns(root: Path) -> dict[str, Any]:
    """Return what the certificate says of each vendor."""
    (proof,) = json.loads((root / ".mlci" / "parity" / "parity.json").read_text(encoding="utf-8"))["proofs"]
    found: dict[str, Any] = proof["vendors"]
    return found


def work(column: dict[str, Any]) -> float:
    """Return the seconds of all jobs of a vendor, one after the other."""
    return sum(float(job.get("seconds", 0.0)) for job in column["jobs"].values())
