"""Parity of GitHub workflows that use mlci's own actions: alike to the plan, and no change by hand goes unseen."""

from __future__ import annotations

from pathlib import Path

import parity_kit as kit
import performer_kit
import pytest

from mlci.parity import github
from mlci.parity.contract import Event

FILE = ".github/workflows/main.yml"
PIPELINE = """\
version: 1
name: small
vendors: [github]
style: actions
mlci: git+https://github.com/mlci/mlci@0123456789abcdef0123456789abcdef01234567
requirements: requirements.txt
env: {TEAM: "it's ${{ x }} $HOME"}
stages:
  build:
    run: python make.py data.txt 3
    inputs: [make.py]
    outputs: [data.txt]
  train:
    run: |
      echo "the token is $TOKEN"
      python make.py "model-$MLCI_PARAM_RATE.txt" "$MLCI_PARAM_RATE-$MODE" data.txt
    inputs: [make.py, data.txt]
    matrix: {rate: [0.1, 2]}
    outputs: ["model-{rate}.txt"]
    secrets: [TOKEN]
    env: {MODE: "a fast ${{ y }}"}
  join:
    run: cat model-*.txt data.txt > all.txt
    inputs: [model-0.1.txt, model-2.txt, data.txt]
    outputs: [all.txt]
    artifacts: [all.txt]
  check:
    run: exit 7
    inputs: [all.txt]
    allow_failure: true
  docs:
    run: "true"
    if: {paths: [docs/**]}
  ship:
    run: test -n "$SHIP_KEY" && test -s all.txt
    inputs: [all.txt]
    environment: production
    secrets: [SHIP_KEY]
workflows:
  main:
    on: {push: {branches: [main]}, manual: true}
    stages: [build, train, join, [check, {check: check-again}], {approve: hold}, ship]
    notify: {failure: [slack]}
"""


def lay_out(top: Path, text: str = PIPELINE) -> Path:
    return kit.lay_out(top, text, {"requirements.txt": "jinja2\n"})


@pytest.mark.real
def test_jobs_that_use_the_actions_run_alike(tmp_path: Path) -> None:
    performer_kit.require(github)
    root = lay_out(tmp_path / "small")
    part = kit.prove(root, event=Event("manual", workflow="main", approved=("hold",)))
    print("\n".join(f"{d.job} {d.what}: {d.sentence}" for d in part.differences))
    print(kit.statuses(part, "github"))
    kit.alike(part, ["github"])
    print(kit.statuses(part, "github"))
