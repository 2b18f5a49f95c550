"""What a job runs on: mlci's runner as `runs-on` and `container`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlci.language.model import Runner
from mlci.planning.plan import Job

MACHINE = "ubuntu-24.04"
"""The machine of jobs that ask for none."""
KEYS = ("labels", "group")
"""What `github:` of a runner may hold."""


def own(runner: Runner) -> Mapping[str, Any]:
    """Return the runner's keys for GitHub alone."""
    return runner.own("github")


def runs_on(runner: Runner) -> Any:
    """Return the value of `runs-on`: labels, a group, or the standard machine."""
    labels = own(runner).get("labels")
    if "group" in own(runner):
        return {"group": own(runner)["group"], **({"labels": labels} if labels else {})}
    return labels or MACHINE


def hosted(runner: Runner) -> bool:
    """Tell whether GitHub owns the machine."""
    labels = own(runner).get("labels", ())
    return "group" not in own(runner) and "self-hosted" not in (
        [labels] if isinstance(labels, str) else labels
    )


def container(job: Job) -> dict[str, str] | None:
    """Return the image a job runs in, None for the machine itself."""
    if job.runner.image is None or job.needs_engine:
        return None
    return {"image": job.runner.image, **({"options": "--gpus all"} if job.runner.gpu else {})}
