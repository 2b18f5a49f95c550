"""Measuring whole processes: the best of several runs, its time and its memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".bench" / "peers"
"""An environment of the peers, apart from ours: their dependencies do not agree with TensorFlow's."""
PYTHON = sys.executable
MLCI = [str(Path(sys.executable).with_name("mlci"))]
TIMES = 15


class Row(NamedTuple):
    """One line of the result."""

    what: str
    value: float
    target: float
    unit: str
    """What the value counts: "F" floors, "x" times a peer, "MB"."""
    detail: str = ""
    least: bool = False
    """Whether the target is a lower bound."""

    @property
    def good(self) -> bool:
        """Whether the target is met."""
        return self.value >= self.target if self.least else self.value <= self.target


Benchmark = Callable[[], Iterator[Row]]


def environ() -> dict[str, str]:
    """Return the environment of what is measured: bytecode may be written, nothing is unbuffered."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
    return {name: value for name, value in os.environ.items() if name not in left_out}


def seconds(command: Sequence[str], cwd: Path | None = None, times: int = TIMES, status: int = 0) -> float:
    """Return the best wall time of a command."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=cwd, env=environ(), capture_output=True, check=False)
        best = min(best, time.perf_counter() - begun)
        if done.returncode != status:
            raise SystemExit(f"{' '.join(command)} left with {done.returncode}\n{done.stderr.decode()}")
    return best


def floor() -> float:
    """Return F: how long Python takes to do nothing."""
    return seconds([PYTHON, "-c", "pass"], times=2 * TIMES)


def peak_megabytes(command: Sequence[str], cwd: Path | None = None) -> float:
    """Return the most memory a command held resident, in MB."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [PYTHON, "-c", code, *command], cwd=cwd, env=environ(), capture_output=True, text=True, check=True
    )
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return int(done.stdout) / unit


def own_peak_megabytes() -> float:
    """Return the most memory this process held resident, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def peers(*packages: str) -> Path:
    """Return the bin folder of an environment with the peers installed."""
    if not (PEERS / "bin" / "python").exists():
        subprocess.run([PYTHON, "-m", "venv", str(PEERS)], check=True)
    pip = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True, env=environ())
    return PEERS / "bin"
