"""Runs rendered GitHub workflows with act, on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import workflow_tools as tools

from mlci.vendors.github.render.pins import PINS
from mlci.vendors.github.render.runners import MACHINE

STAND_INS = Path(__file__).parent / "act"


def act(
    repository: Path,
    event: str,
    *,
    workflow: str = "",
    timeout: int = 300,
    programs: Path = Path(sys.executable).parent,
    more: Sequence[str] = (),
) -> tuple[int, str]:
    """Run the workflows of a committed repository; return act's status and what it said.

    What the jobs hand on lies in the folder `artifacts` beside the repository. `programs` comes first on the
    PATH of the jobs; `more` are further options of act.
    """
    service = repository.parent / "artifacts"
    service.mkdir(exist_ok=True)
    words = [tools.program("act"), event, "--platform", f"{MACHINE}=-self-hosted"]
    words += ["--env", f"ARTIFACT_SERVICE={service}", "--env", f"STAND_INS={STAND_INS}"]
    words += ["--workflows", f".github/workflows/{workflow}.yml"] if workflow else []
    for folder in STAND_INS.iterdir():
        if folder.is_dir() and f"actions/{folder.name}" in PINS:
            pin = PINS[f"actions/{folder.name}"]
            words += ["--local-repository", f"actions/{folder.name}@{pin.commit}={folder}"]
    words += more
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "HOME": str(repository.parent), "NO_COLOR": "1"}
    done = subprocess.run(
        words, cwd=repository, env=environ, capture_output=True, text=True, timeout=timeout, check=False
    )
    return done.returncode, done.stdout + done.stderr
