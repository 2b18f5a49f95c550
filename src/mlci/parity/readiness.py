"""What should be known before a proof: does the environment have what jobs install, is it their Python."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mlci.language.model import Pipeline
from mlci.parity.prepared import overlay
from mlci.parity.snapshot import Snapshot
from mlci.planning import vendor as vendors
from mlci.planning.plan import install_commands
from mlci.release import source

OFFLINE = {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
TIME = 300
"""Seconds for looking whether everything is there."""


def notes(pipeline: Pipeline, made: Snapshot, scratch: Path) -> Iterator[str]:
    """Yield what a person should know of this machine."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = {pipeline.python, *(stage.python for stage in pipeline.stages.values() if stage.python)}
    others = sorted(each for each in wanted if not f"{each}.".startswith(f"{here}."))
    if others:
        yield f"jobs ask for Python {', '.join(others)}; here they run with {here}"
    lacking = unsatisfied(pipeline, made, scratch)
    if lacking:
        yield (
            f"mlci's environment lacks what jobs install ({lacking}): each job fetches it for itself, which "
            "is slow and needs a network; install it here once with `python -m pip install …`"
        )


def unsatisfied(pipeline: Pipeline, made: Snapshot, scratch: Path) -> str:
    """Say what the rendered installation would have to fetch, "" when all is there."""
    commands = install_commands(replace(pipeline, mlci=from_units(pipeline) or pipeline.mlci))
    if not commands:
        return ""
    clone = made.clone(scratch / "installed")
    path = overlay(scratch / "environment", bare=False)
    environ = {**os.environ, **OFFLINE, "PATH": f"{path}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    environ.pop("PYTHONHOME", None)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(commands)],
        cwd=clone,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIME,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode == 0:
        return ""
    said = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    telling = [line for line in said if "No matching distribution" in line or "Could not find" in line]
    return (telling or said or ["pip failed"])[-1].removeprefix("ERROR: ").strip()


def from_units(pipeline: Pipeline) -> str:
    """Return what stands for mlci where every vendor's jobs have it by units, which are run here; else ""."""
    wanted, styles = source(pipeline.mlci), set(pipeline.style)
    if wanted is None or not all(
        styles & set(vendors.find(name).product.STYLES) for name in pipeline.vendors
    ):
        return ""
    return f"mlci[{wanted.extras}]" if wanted.extras else "mlci"
