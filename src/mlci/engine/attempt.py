"""One try of a job's command, and the verdict on it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlci.engine.command import Call
from mlci.engine.masker import Masker
from mlci.engine.metrics import read_metrics
from mlci.engine.process import Ended, run
from mlci.engine.record import Status
from mlci.engine.stop import Stop
from mlci.errors import StageError
from mlci.planning.plan import Job
from mlci.stages.contract import Case

STAGE, INPUT, DEFECT, INTERRUPTED = 1, 2, 3, 130
BLAME = {"stage": STAGE, "input": INPUT, "environment": INPUT, "defect": DEFECT, "interrupted": INTERRUPTED}
MAX_RESULT = 64 * 2**20
NEIGHBOURS = 5
"""How many files a message names that are there instead of the one that is missing."""


class Failure(NamedTuple):
    """Why a try did not succeed."""

    message: str
    exit_status: int = STAGE
    """Who failed: 1 the work, 2 the input, 3 mlci, 130 interrupted."""
    status: Status = "failed"
    help: str | None = None

    @property
    def final(self) -> bool:
        """Whether another try would end alike."""
        return self.exit_status != STAGE


class Tried(NamedTuple):
    """What one try came to."""

    ended: Ended
    failure: Failure | None = None
    metrics: Mapping[str, float] = {}
    cases: tuple[Case, ...] = ()
    summary: str = ""


def attempt(
    job: Job,
    root: Path,
    call: Call,
    *,
    say: Callable[[str], None],
    masker: Masker,
    stop: Stop,
    started: Callable[[int], None],
) -> Tried:
    """Run a job's command once and judge it."""
    if call.result is not None:
        call.result.unlink(missing_ok=True)
    ended = run(call.command, say, masker=masker, stop=stop, started=started)
    if ended.left_behind:
        say("mlci: processes that the command left behind were ended")
    tried = with_result(Tried(ended), call.result, masker)
    failure = tried.failure or failure_of(job, ended, tried.cases) or missing(job, root)
    if failure is not None:
        return tried._replace(failure=failure)
    try:
        found = read_metrics(root, job.files.metrics)
    except StageError as error:
        return tried._replace(failure=Failure(str(error)))
    return tried._replace(metrics={**tried.metrics, **found})


def with_result(tried: Tried, path: Path | None, masker: Masker) -> Tried:
    """Add what a library stage wrote of itself."""
    said = read_result(path)
    if said is None:
        return tried
    cases = tuple(Case(masker.text(name), passed, masker.text(text)) for name, passed, text in said["cases"])
    tried = tried._replace(metrics=said["metrics"], cases=cases, summary=masker.text(said["summary"]))
    error = said["error"]
    if error is None:
        return tried
    help = error.get("help")
    failure = Failure(masker.text(str(error["message"])), BLAME.get(error["kind"], DEFECT), help=help)
    return tried._replace(failure=failure)


def read_result(path: Path | None) -> dict[str, Any] | None:
    """Read a library stage's result; None when it left none."""
    if path is None or not path.is_file():
        return None
    with path.open("rb") as file:
        said = json.loads(file.read(MAX_RESULT))
    cases = [(str(case["name"]), bool(case["passed"]), str(case["message"])) for case in said["cases"]]
    metrics = {str(name): float(value) for name, value in said["metrics"].items()}
    return {"cases": cases, "metrics": metrics, "summary": str(said["summary"]), "error": said["error"]}


def failure_of(job: Job, ended: Ended, cases: Sequence[Case]) -> Failure | None:
    """Judge how a command ended, and a library stage's checks."""
    if ended.stopped:
        return Failure("interrupted", INTERRUPTED, "interrupted")
    if ended.timed_out:
        limit = duration(job.stage.timeout or 0)
        return Failure(
            f"'{job.id}' took longer than its timeout of {limit} and was ended", STAGE, "timed-out"
        )
    failed = [case for case in cases if not case.passed]
    if failed:
        more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
        said = f": {failed[0].message}" if failed[0].message else ""
        return Failure(f"'{job.id}' failed its check '{failed[0].name}'{said}{more}")
    if ended.status == 0:
        return None
    if job.stage.uses and ended.status == DEFECT:
        return Failure(
            f"the library stage '{job.stage.uses}' has a defect; its output has the traceback", DEFECT
        )
    return Failure(f"the command of '{job.id}' ended with exit status {ended.status}{meaning(ended.status)}")


def meaning(status: int) -> str:
    """Say what an exit status means to a shell."""
    if status == 127:
        return ": a program was not found"
    if status == 126:
        return ": a program could not be run"
    if status <= 128:
        return ""
    try:
        name = signal.Signals(status - 128).name
    except ValueError:
        return ""
    return f": ended by {name}" + (", as when memory runs out" if name == "SIGKILL" else "")


def missing(job: Job, root: Path) -> Failure | None:
    for path in job.files.made:
        if not (root / path).exists():
            kind = "metrics file" if path in job.files.metrics else "output"
            return Failure(f"'{job.id}' did not make its {kind} '{path}'{instead(root, path)}")
        if path.endswith("/") and not (root / path).is_dir():
            return Failure(f"'{job.id}' made the file '{path.rstrip('/')}', declared as a folder")
    return None


def instead(root: Path, path: str) -> str:
    """Name what lies where a missing output should, the latest first."""
    folder = (root / path.rstrip("/")).parent
    while not folder.is_dir():
        folder = folder.parent
    shown = folder.relative_to(root).as_posix()
    where = "at the top of the repository" if shown == "." else f"in {shown}/"
    with os.scandir(folder) as listing:
        entries = [entry for entry in listing if not entry.name.startswith(".")]
    latest = sorted(entries, key=lambda entry: -entry.stat(follow_symlinks=False).st_mtime_ns)[:NEIGHBOURS]
    names = ", ".join(entry.name + ("/" if entry.is_dir() else "") for entry in latest)
    return f"; the latest {where} are {names}" if names else f"; there is nothing {where}"


def duration(seconds: float) -> str:
    """Return a time as a person writes it: 0.4 s, 12 s, 5 min, 1 h 30 min."""
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h" + (f" {rest} min" if rest else "")
