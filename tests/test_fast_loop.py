"""The fast loop stays fast: a test that needs a program, a proof or TensorFlow cannot lack its mark."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import programs_kit
import pytest


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is noted in place of what this test itself uses."""
    noted: list[tuple[str, str]] = []
    monkeypatch.setattr(programs_kit, "used", noted)
    return noted


def started(words: list[Any], path: str | None = None) -> list[str]:
    return list(programs_kit.programs(words, None if path is None else {"PATH": path}))


def test_programs_are_known_by_what_is_called() -> None:
    assert started([sys.executable, "-P", "-m", "pip", "install", "x"]) == ["pip install"]
    assert started([sys.executable, "-m", "mlci", "parity", "-C", "x"]) == ["mlci parity"]
    assert started(["/somewhere/tools/mlci", "exec", "train"]) == ["mlci"]
    assert started([sys.executable, "-m", "mlci", "graph"]) == []
    assert started(["git", "status"]) == []


def test_a_program_that_is_missing_or_written_by_a_test_needs_no_mark(tmp_path: Path) -> None:
    assert started(["shellcheck", "x.sh"], str(tmp_path)) == []
    (tmp_path / "shellcheck").write_text("#!/bin/sh\n")
    (tmp_path / "shellcheck").chmod(0o755)
    assert started(["shellcheck", "x.sh"], str(tmp_path)) == []


def test_what_an_unmarked_test_uses_fails_it(used: list[tuple[str, str]]) -> None:
    programs_kit.note("import", ("tensorflow",))
    programs_kit.note("subprocess.Popen", (None, [sys.executable, "-m", "pip"], None, None))
    report: Any = SimpleNamespace(passed=True, outcome="passed", longrepr=None)
    item: Any = SimpleNamespace(get_closest_marker=lambda name: None)
    programs_kit.judge(item, report)
    assert report.outcome == "failed"
    assert report.longrepr == "imports tensorflow: mark it `tensorflow`\nstarts pip: mark it `real`"
    assert used == []


def test_a_marked_test_may_use_it(used: list[tuple[str, str]]) -> None:
    programs_kit.note("import", ("tensorflow",))
    report: Any = SimpleNamespace(passed=True, outcome="passed", longrepr=None)
    item: Any = SimpleNamespace(get_closest_marker=lambda name: name == "tensorflow" or None)
    programs_kit.judge(item, report)
    assert report.outcome == "passed"
