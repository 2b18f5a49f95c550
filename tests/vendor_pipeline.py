"""A small pipeline that really runs: what one job makes reaches the next, through whatever carries it."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import render_kit as kit
import workflow_tools as tools

from mlci.planning.plan import Plan

TEXT = """
version: 1
name: small
vendors: [travis, jenkins]
env: {GREETING: "it's $HOME", WORD: "a word"}
stages:
  make: {run: 'printf "%s" "$GREETING" > made.txt', outputs: [made.txt]}
  fan:
    run: '{ cat made.txt; printf " %s" "$MLCI_PARAM_WORD"; } > "fan/$MLCI_PARAM_WORD.txt"'
    inputs: [made.txt, fan/.keep]
    matrix: {word: [one, two]}
    outputs: ["fan/{word}.txt"]
  join:
    run: |
      cat fan/*.txt > joined.txt
      test "${#TOKEN}" = 8
      test "$MLCI_COMMIT" = "$(git rev-parse HEAD)"
    inputs: [fan/]
    secrets: [TOKEN]
    outputs: [joined.txt]
workflows:
  ci: {on: {push: true}, stages: [make, fan, join]}
"""
TOKEN = "sesame-1"
JOINED = "it's $HOME oneit's $HOME two"


def plans() -> tuple[Plan, ...]:
    return kit.plans_from(TEXT)


def repository(top: Path) -> Path:
    """Make a repository that holds the pipeline."""
    tools.repository(top, {"mlci.yaml": TEXT, "fan/.keep": ""})
    for words in (
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", *words], cwd=top, check=True)
    return top


def path() -> str:
    """Return the PATH on which mlci is found."""
    return f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
