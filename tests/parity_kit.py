"""What the tests of parity share: a small pipeline without TensorFlow, its rendered files, proofs of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import engine_kit

from mlci.engine.stop import Stop
from mlci.parity import choice, column, performers, proof
from mlci.parity.contract import Event, Setting
from mlci.parity.expected import Expected
from mlci.parity.proof import Part, Prover, Request
from mlci.planning import repository
from mlci.planning import vendor as vendors
from mlci.planning.plan import Plan
from mlci.rendering.render import render

SECRETS = {"TOKEN": "token-of-the-build", "SHIP_KEY": "key-of-the-ship"}
MAKE = """\
import sys
from pathlib import Path
target, number, *sources = sys.argv[1:]
Path(target).write_text(number + "".join(Path(each).read_text() for each in sources))
"""
PIPELINE = """\
version: 1
name: small
vendors: [circleci, travis]
env: {TEAM: vision}
stages:
  build:
    run: python make.py data.txt 3
    inputs: [make.py]
    outputs: [data.txt]
  train:
    run: |
      echo "the token is $TOKEN"
      python make.py model.txt "$MLCI_PARAM_EPOCHS-$MODE" data.txt
      printf '{"accuracy": 0.5}' > metrics.json
    inputs: [make.py, data.txt]
    params: {epochs: 4}
    outputs: [model.txt]
    metrics: metrics.json
    secrets: [TOKEN]
    env: {MODE: fast}
  check:
    run: grep -q 4-fast model.txt
    inputs: [model.txt]
  lint:
    run: python -c "print('fine')"
  ship:
    run: test -n "$SHIP_KEY" && test -s model.txt
    inputs: [model.txt]
    environment: production
    secrets: [SHIP_KEY]
workflows:
  main:
    on: {push: {branches: [main]}, manual: true}
    stages: [build, train, [check, lint], {approve: hold}, ship]
"""
"""Stages that hand on, take secrets and variables, run side by side and wait for a person."""


def lay_out(root: Path, text: str = PIPELINE, files: Mapping[str, str] | None = None) -> Path:
    """Make a repository with its rendered files, all committed."""
    engine_kit.repository(root, text, {"make.py": MAKE, ".gitignore": ".mlci/\n", **(files or {})})
    pipeline = repository.load(root)
    rendered = render(repository.plans(pipeline), [vendors.find(name) for name in pipeline.vendors])
    for path, content in rendered.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    engine_kit.commit(root)
    return root


def plans(root: Path) -> tuple[Plan, ...]:
    """Return a repository's plans."""
    return repository.plans(repository.load(root))


def prove(
    root: Path,
    *names: str,
    event: Event = Event(),  # noqa: B008 - it cannot change
    secrets: Mapping[str, str] = SECRETS,
    timeout: float = 60,
    stop: Stop | None = None,
    jobs: int = 2,
) -> Part:
    """Prove one event in this process; nothing of it is left behind."""
    with prover(root, *names, secrets=secrets, timeout=timeout, stop=stop, jobs=jobs) as made:
        return made.prove(choice.knowing(made.plans, event))


@contextmanager
def prover(
    root: Path,
    *names: str,
    secrets: Mapping[str, str] = SECRETS,
    timeout: float = 60,
    stop: Stop | None = None,
    jobs: int = 2,
) -> Iterator[Prover]:
    """Yield a prover in a folder of its own."""
    found = plans(root)
    wanted = tuple(vendors.find(name) for name in names or found[0].pipeline.vendors)
    request = Request(wanted, performers(), secrets, jobs=jobs, timeout=timeout)
    own = stop or Stop()
    with tempfile.TemporaryDirectory(prefix="mlci-parity-test-") as scratch, own.at_work():
        yield Prover(root, found, request, Path(scratch), own, lambda line: None)


@contextmanager
def plan_run_once() -> Iterator[None]:
    """Run what a plan itself does once for each event: its proofs differ in the vendors' files alone."""
    known: dict[str, column.Column] = {}

    def of_plan(jobs: Sequence[Expected], setting: Setting) -> column.Column:
        key = repr((jobs, setting.event))
        if key not in known:
            known[key] = column.of_plan(jobs, setting)
        return known[key]

    with mock.patch.object(proof, "of_plan", of_plan):
        yield


def edit(root: Path, path: str, old: str, new: str, count: int = 1) -> None:
    """Change a rendered file by hand; what is changed must be there."""
    text = (root / path).read_text()
    assert old in text, f"{path} has no {old!r}"
    (root / path).write_text(text.replace(old, new, count))


def statuses(part: Part, vendor: str) -> dict[str, str]:
    """Return what became of each job at a vendor, or by the plan itself."""
    column = next(each for each in (part.reference, *part.columns) if each.id == vendor)
    assert not column.unproven, column.unproven
    return {ran.id: ran.status for ran in column.rans}


def told(part: Part) -> list[str]:
    """Return what differs, a sentence each."""
    return [each.sentence for each in part.differences]


def whats(part: Part) -> list[tuple[str, str]]:
    """Return the job and the compared value of what differs."""
    return [(each.job, each.what) for each in part.differences]


def alike(part: Part, names: Sequence[str]) -> None:
    """Assert that all vendors were run, and nothing differs."""
    assert [column.id for column in part.columns if not column.unproven] == list(names)
    assert told(part) == []


@contextmanager
def setting(folder: Path, event: Event = Event(), **more: object) -> Iterator[Setting]:  # noqa: B008
    """Yield where a vendor's files may be run by themselves: a repository with `mlci.yaml` and `a.txt`."""
    text = 'version: 1\nname: small\nvendors: [circleci]\nstages:\n  only: {run: "true"}\n'
    text += "workflows:\n  main: {on: {push: true}, stages: [only]}\n"
    root = lay_out(folder / "one", text, {"a.txt": "a\n"})
    with prover(root) as made:
        yield made.setting("circleci", made.snapshot(event), event)._replace(**more)  # type: ignore[arg-type]


def call(root: Path, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Begin `mlci parity` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "mlci", "parity", "-C", str(root), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=engine_kit.environ(**(env or {})),
        start_new_session=True,
    )


def done(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return the exit status of a call, and what it printed."""
    out, err = process.communicate(timeout=200)
    return process.returncode, out, err


def processes(word: str) -> Iterator[int]:
    """Yield the processes that were called with a word."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if word.encode() in words:
                yield int(entry.name)
