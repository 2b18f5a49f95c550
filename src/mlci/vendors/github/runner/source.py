"""The repository that jobs check out, as GitHub would hold it for an event."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from mlci.errors import MlciError
from mlci.parity.contract import Event, Setting
from mlci.vendors.github.runner.events import NAME, OWNER, ZERO, Commits, ref


def prepare(setting: Setting) -> tuple[Path, Commits]:
    """Make the repository; return it, and the commits that an event tells of."""
    top = setting.clone("source")
    head = git(top, "rev-parse", "HEAD")
    commits = Commits(head, setting.base or ZERO)
    for name, commit in refs(setting.event, commits):
        git(top, "update-ref", "--no-deref", name, commit)
    git(top, "config", "remote.origin.url", f"https://github.com/{OWNER}/{NAME}")
    return top, commits


def refs(event: Event, commits: Commits) -> Iterator[tuple[str, str]]:
    pull = event.name == "pull_request"
    base = commits.before if pull and commits.before != ZERO else commits.head
    for branch in dict.fromkeys(each for each in (event.default, event.branch) if each):
        yield f"refs/heads/{branch}", base
    if pull:
        yield f"refs/heads/{event.head}", commits.head
    yield ref(event), base if event.name == "schedule" else commits.head


def git(top: Path, *words: str) -> str:
    """Run git there.

    Raises
    ------
    MlciError : it failed
    """
    done = subprocess.run(["git", "-C", str(top), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise MlciError(f"git {words[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()
