"""Finds the last good run of this workflow on a branch that has left a report, to compare this run with.

MLCI_BASE      the branch
MLCI_KEEP      the artifact that holds a report
MLCI_PLACE     the folder it will be downloaded to
MLCI_TOKEN     a token with `actions: read`
GITHUB_OUTPUT  a file to which `run=` and `report=` are added; neither when there is nothing to compare with
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import runner
from api import Api, Refused

LOOKED_AT = 20
"""How many runs are looked at, the last first."""
FOREIGN = ("pull_request", "pull_request_target")
"""Events whose run may be of anybody's branch, which may be called as the one that is looked for."""


def main() -> int:
    """Find the run; return the exit status, which is 0 also when there is none."""
    branch, artifact = runner.variable("MLCI_BASE"), runner.variable("MLCI_KEEP")
    try:
        found = find(runner.api(), runner.variable("GITHUB_REPOSITORY"), workflow(), branch, artifact)
    except Refused as error:
        said = f"the runs of {branch} cannot be read ({error}), so the report compares with nothing"
        runner.annotate("warning", f"{said}; the job needs `permissions: actions: read`")
        return 0
    if found is None:
        said = f"no good run of {branch} has left a report yet, so this one compares with nothing"
        runner.annotate("notice", said)
        return 0
    runner.answer(run=str(found), report=f"{runner.variable('MLCI_PLACE')}/report.json")
    return 0


def workflow() -> str:
    """Return the name of this run's workflow file."""
    path = runner.variable("GITHUB_WORKFLOW_REF").partition("@")[0]
    return path.rpartition("/")[2]


def find(api: Api, repository: str, workflow: str, branch: str, artifact: str) -> int | None:
    """Return the number of the last good run that has left a report, None when there is none.

    Raises
    ------
    Refused : the token may not see the repository's runs
    """
    start = f"/repos/{repository}/actions"
    asked = f"branch={quote(branch, safe='')}&status=success&per_page={LOOKED_AT}"
    listed = api.get(f"{start}/workflows/{quote(workflow, safe='')}/runs?{asked}")
    for run in own(listed, repository, branch):
        kept = api.get(f"{start}/runs/{run}/artifacts?name={quote(artifact, safe='')}&per_page=10")
        if any(each.get("expired") is False for each in rows(kept, "artifacts")):
            return run
    return None


def own(listed: Any, repository: str, branch: str) -> Iterator[int]:
    """Yield the runs of the repository's own branch; a fork's may be called alike."""
    for run in rows(listed, "workflow_runs"):
        home = run.get("head_repository")
        at_home = isinstance(home, dict) and str(home.get("full_name")).lower() == repository.lower()
        known = run.get("head_branch") == branch and isinstance(run.get("id"), int)
        if at_home and known and run.get("event") not in FOREIGN:
            yield run["id"]


def rows(said: Any, name: str) -> list[dict[str, Any]]:
    """Return the rows of an answer."""
    found = said.get(name) if isinstance(said, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


if __name__ == "__main__":
    sys.exit(main())
