"""Real Groovy, without Jenkins: what a pipeline does, or would do, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlci.errors import EnvironmentLacks, MlciError

HERE = Path(__file__).parent
PROGRAMS = ("groovy", "java")
HELP = "install Groovy: `apt-get install groovy` here, `brew install groovy` on a Mac"


class Result(NamedTuple):
    """What became of one build."""

    result: str
    """SUCCESS, UNSTABLE, FAILURE or ABORTED; ERROR when Jenkins would refuse the file itself."""
    trace: list[dict[str, Any]]
    """What was done, in order; `start.groovy` says what an entry may hold."""
    error: str | None
    """Why the file is refused."""


def missing() -> tuple[str, ...]:
    import shutil

    return tuple(name for name in PROGRAMS if shutil.which(name) is None)


def version() -> dict[str, str]:
    import subprocess

    if missing():
        return {}
    done = subprocess.run(
        ["groovy", "--version"], capture_output=True, text=True, env=environment(), check=False
    )
    found = re.search(r"Groovy Version: (\S+) JVM: (\S+)", done.stdout)
    return {"groovy": found[1], "java": found[2]} if found else {}


def run(builds: Sequence[Mapping[str, Any]], timeout: float | None = 600) -> list[Result]:
    """Run builds in one Java machine, one after another.

    Parameters
    ----------
    builds : what each is to do; `start.groovy` lists the keys
    timeout : seconds for all of them

    Raises
    ------
    EnvironmentLacks : Groovy or Java is missing
    MlciError : Groovy itself failed
    """
    import json
    import subprocess
    import tempfile

    if missing():
        raise EnvironmentLacks(f"running a Jenkinsfile needs {' and '.join(missing())}", help=HELP)
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "runs.json"), Path(folder, "results.json")
        given.write_text(json.dumps(list(builds)), encoding="utf-8")
        done = subprocess.run(
            words(given, made), capture_output=True, text=True, env=environment(), timeout=timeout
        )
        if done.returncode != 0:
            raise MlciError(f"Groovy failed:\n{done.stdout}{done.stderr}")
        return read_results(made)


def words(given: Path, made: Path) -> list[str]:
    """Return the words that run the builds of one file, and leave their results in another."""
    return ["groovy", str(HERE / "start.groovy"), str(given), str(made)]


def read_results(made: Path) -> list[Result]:
    import json

    return [Result(**one) for one in json.loads(made.read_text(encoding="utf-8"))]


def environment() -> dict[str, str]:
    """Return this process's variables, with JAVA_HOME where Java is: Debian's groovy looks nowhere else."""
    import os
    import shutil

    java = Path(shutil.which("java") or "").resolve()
    home = os.environ.get("JAVA_HOME", "")
    good = home and Path(home, "bin", "java").exists()
    return {**os.environ, "JAVA_HOME": home if good else str(java.parents[1])}
