"""What all tests share: the programs' marks, what the cases expect, and that nothing is skipped in CI."""

from __future__ import annotations

import copy
import json
import os
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import amount_kit  # noqa: F401 - the amounts of the fast loop must be known before they are chosen
import programs_kit
import pytest

from mlci.engine import interpreter
from mlci.parity import origin

EVERYTHING = "MLCI_TEST_EVERYTHING"
"""Set where every program is there, as in CI: a skipped test is then a failed one."""


JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A Java that is started often, and never for long, had better compile little."""

os.environ.setdefault("JAVA_OPTS", JAVA)
programs_kit.watch()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases", action="store_true", help="write what is rendered now as what the cases expect"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    programs_kit.judge(item, report)
    if report.skipped and os.environ.get(EVERYTHING) and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\n{EVERYTHING} is set, so nothing may be skipped"
    return report


@pytest.fixture(scope="session", autouse=True)
def asked_once() -> Iterator[None]:
    """Let this environment, whose packages are many and stay the same, describe itself only once."""
    before, said = interpreter.ask, {}

    def ask(python: str, root: Path) -> dict[str, Any]:
        if Path(python).parent != Path(sys.executable).parent:
            return before(python, root)
        if python not in said:
            said[python] = before(python, root)
        return copy.deepcopy(said[python])

    interpreter.ask = ask
    yield
    interpreter.ask = before


@pytest.fixture
def update_cases(request: pytest.FixtureRequest) -> bool:
    """Whether the cases' expected files are to be written anew."""
    return bool(request.config.getoption("--update-cases"))


@pytest.fixture
def installed_from(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Return what lets this mlci be installed from a commit."""

    def install(url: str, commit: str) -> None:
        told = json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": commit}})
        known = SimpleNamespace(read_text=lambda name: told)
        monkeypatch.setattr(origin, "distribution", lambda name: known)
        origin.origin.cache_clear()

    yield install
    monkeypatch.undo()
    origin.origin.cache_clear()
