"""Repositories with a rendered pipeline, and the setting in which a vendor's performer runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import render_kit as kit

from mlci.engine.stop import Stop
from mlci.parity import witness
from mlci.parity.contract import Event, Performer, Ran, Setting
from mlci.planning.vendor import Vendor

GIT = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org")


def git(top: Path, *words: str) -> str:
    """Run git in a folder."""
    done = subprocess.run([*GIT, *words], cwd=top, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(top: Path, text: str, vendor: Vendor, more: Mapping[str, str] | None = None) -> Path:
    """Commit a pipeline, what a vendor makes of it, and more files."""
    files = {
        "mlci.yaml": text,
        ".gitignore": ".mlci/\n",
        **vendor.render(kit.plans_from(text)),
        **(more or {}),
    }
    top.mkdir(parents=True)
    for path, content in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(content, encoding="utf-8")
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", "--all", "--force")
    git(top, "commit", "--quiet", "-m", "all")
    return top


def owned(top: Path, vendor: Vendor) -> dict[str, str]:
    """Return a vendor's files in a repository."""
    paths = git(top, "ls-files").splitlines()
    return {path: (top / path).read_text(encoding="utf-8") for path in paths if vendor.product.owns(path)}


def setting(top: Path, event: Event = Event(), **changes: Any) -> Setting:  # noqa: B008
    """Return a setting in a folder beside a repository; nothing has to be installed in it."""
    scratch = top.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    number = len(list(scratch.iterdir()))
    mine = scratch / str(number)
    mine.mkdir()
    given: dict[str, Any] = {
        "clone": cloner(top, mine),
        "proof": token_hex(8),
        "scratch": mine,
        "python": Path(sys.executable),
        "secrets": {},
        "event": event,
        "jobs": 2,
        "timeout": 120.0,
        "say": lambda line: None,
        "tools": witness.lay(scratch / f"tools-{number}"),
        "commit": git(top, "rev-parse", "HEAD"),
        "bare": False,
        "stop": Stop(),
    }
    return Setting(**{**given, **changes})


def cloner(top: Path, scratch: Path) -> Callable[[str], Path]:
    """Return what makes clean checkouts of a repository."""

    def clone(name: str) -> Path:
        made = scratch / "machines" / name
        made.parent.mkdir(exist_ok=True)
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", top, made], check=True)
        return made

    return clone


def statuses(rans: tuple[Ran, ...]) -> dict[str, str]:
    """Return what became of each job."""
    return {ran.id: ran.status for ran in rans}


def require(performer: Performer) -> None:
    """Skip a test when a program is missing, and say how to get it."""
    lacks = performer.lacks()
    if lacks:
        pytest.skip("; ".join(f"needs {lack.program}: {lack.help}" for lack in lacks))
