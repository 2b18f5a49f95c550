"""mlci's shared library in a Jenkinsfile: which state of it is loaded, and how its two steps are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlci import __version__
from mlci.language.model import Pipeline
from mlci.planning.plan import Job
from mlci.release import REPOSITORY, TAG, Source, source
from mlci.vendors.jenkins.render import reports

STYLE = "library"
NAME = "mlci"
"""What the library is called where Jenkins is told of it."""
FOLDER = "jenkins/"
"""Where it lies in mlci's repository."""


def source_of(pipeline: Pipeline) -> Source | None:
    """Return the state of mlci whose library jobs use, None for plain steps.

    What is no release and no commit, such as a wheel in the repository, goes with this release's library.
    """
    if STYLE not in pipeline.style:
        return None
    return source(pipeline.mlci) or Source(REPOSITORY, TAG, __version__)


def setup(pipeline: Pipeline, python: str) -> dict[str, str]:
    """Return the arguments of mlciSetup, none where a job installs nothing.

    Parameters
    ----------
    python : the interpreter that makes the environment
    """
    wanted = pipeline.requirements
    words = [*(["-r", wanted.file] if wanted.file else []), wanted.pyproject or ""]
    given = {"install": " ".join(filter(None, words)), "lock": wanted.lock or ""}
    if not pipeline.mlci and not any(given.values()):
        return {}
    given["python"] = "" if python == "python3" else python
    return {"mlci": pipeline.mlci, **{name: value for name, value in given.items() if value}}


def call(
    job: Job, leaves: Job, *, collects: Sequence[str], kept: bool, env: Mapping[str, str], axes: Sequence[str]
) -> dict[str, Any]:
    """Return the arguments of mlciStage.

    Parameters
    ----------
    job : a job, or an instance of a matrix job
    leaves : the job as it leaves its files: any cell of a matrix
    collects : the jobs whose stashes it fetches
    kept : whether a later job fetches its own
    env : the variables that Jenkins cannot hold
    axes : the variables of a matrix of Jenkins' own
    """
    found: dict[str, Any] = {
        "stage": job.stage.name,
        "workflow": job.workflow,
        "job": "" if job.id == job.stage.name else job.id,
        "matrix": axes,
        "collects": collects,
        "reports": reports.tests(job, leaves.values),
        "artifacts": reports.files(job, leaves.values),
        "allow_failure": job.stage.allow_failure,
        "env": env,
    }
    return {name: value for name, value in found.items() if value} | ({} if kept else {"stash": False})
