"""What all tests share: rewriting what the cases expect, and the promise that nothing is skipped."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterator
from types import SimpleNamespace

import pytest

from mlci.parity import origin

EVERYTHING = "MLCI_TEST_EVERYTHING"
"""Set where every program is there, as in CI: a skipped test is then a failed one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases", action="store_true", help="write what is rendered now as what the cases expect"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get(EVERYTHING) and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\n{EVERYTHING} is set, so nothing may be skipped"
    return report


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
