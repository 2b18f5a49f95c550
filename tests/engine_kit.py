"""What the engine's tests share: small repositories, a listener, and real runs in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlci.engine.exec import plan_of
from mlci.engine.execute import Result
from mlci.engine.reporter import Outcome, State
from mlci.engine.run import run
from mlci.engine.schedule import Request
from mlci.engine.workspace import Workspace
from mlci.language.catalogue import vendor_ids as ids
from mlci.language.model import Pipeline
from mlci.planning.plan import Plan
from mlci.planning.repository import parse
from mlci.yaml.document import Document

VENDOR_VARIABLES = ("GITHUB_ACTIONS", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CI")
DRIVER = Path(__file__).with_name("engine_driver.py")


def environ(**more: str) -> dict[str, str]:
    """This process's environment, without what would make it some vendor's run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLCI_")}
    return {name: value for name, value in kept.items() if name not in VENDOR_VARIABLES} | more


def text_of(stages: str, workflow: str, *, top: str = "", on: str = "{push: true, manual: true}") -> str:
    """Return a mlci.yaml of some stages and one workflow."""
    head = f"version: 1\nname: demo\nvendors: [{ids()[0]}]\n{textwrap.dedent(top)}"
    body = textwrap.indent(textwrap.dedent(stages).strip(), "  ")
    return f"{head}\nstages:\n{body}\nworkflows:\n  main:\n    on: {on}\n    stages: {workflow}\n"


def repository(
    root: Path, text: str, files: Mapping[str, str] | None = None, *, git: bool = False
) -> Pipeline:
    """Lay out a repository and read its mlci.yaml."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "mlci.yaml").write_text(text)
    for name, content in (files or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    if git:
        commit(root)
    return parse(Document("mlci.yaml", text), root)


def commit(root: Path) -> None:
    """Commit all there is, on the branch main."""
    own = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run(["git", *own, *words], cwd=root, check=True, capture_output=True)


def plan(pipeline: Pipeline) -> Plan:
    """Return the plan of the first workflow."""
    return plan_of(pipeline, None)


class Listener:
    """A reporter that remembers."""

    def __init__(self, answer: bool | None = None) -> None:
        self.events: list[tuple[str, ...]] = []
        self.reasons: dict[str, tuple[str, ...]] = {}
        self.states: dict[str, State] = {}
        self.said: dict[str, str] = {}
        self.lines: dict[str, list[str]] = {}
        self.warnings: list[str] = []
        self.asked: list[str] = []
        self.answer = answer

    def began(self, plan: Plan, count: int) -> None: ...

    def started(self, job: str, reasons: Sequence[str]) -> None:
        self.events.append(("started", job))
        self.reasons[job] = tuple(reasons)

    def line(self, job: str, text: str) -> None:
        self.lines.setdefault(job, []).append(text)

    def settled(self, job: str, state: State, said: str, result: Result | None = None) -> None:
        self.events.append((state, job))
        self.states[job], self.said[job] = state, said

    def warned(self, text: str) -> None:
        self.warnings.append(text)

    def tick(self) -> None: ...

    def ask(self, approval: str) -> bool | None:
        self.asked.append(approval)
        return self.answer

    def ended(self, outcome: Outcome) -> None: ...


def go(
    pipeline: Pipeline,
    root: Path,
    *,
    answer: bool | None = None,
    env: Mapping[str, str] | None = None,
    **request: Any,
) -> tuple[Outcome, Listener]:
    """Run a workflow in this process."""
    listener = Listener(answer)
    workspace = Workspace(root, environ(**(env or {})), listener.warned)
    return run(plan(pipeline), Request(**request), workspace, listener), listener


def drive(root: Path, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start a run, or one job, in a process of its own; words as `engine_driver.py` takes them."""
    return subprocess.Popen(
        [sys.executable, str(DRIVER), str(root), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environ(**(env or {})),
        start_new_session=True,
    )
