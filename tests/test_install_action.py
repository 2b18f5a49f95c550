"""What the actions install: once a job, extras by name, and nothing that is no extra."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[1] / "actions" / "install.py"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    return module


@pytest.fixture
def calls(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words that pip is called with; this Python's environment stays as it is."""
    real, found = subprocess.run, []

    def run(words: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        if "pip" not in words:
            return real(words, **options)  # type: ignore[call-overload,no-any-return]
        found.append(words[words.index("install") + 2 :])
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr(install.subprocess, "run", run)
    return found


def test_a_second_action_installs_only_what_is_new(
    install: ModuleType, calls: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    assert install.main() == 0
    assert install.main() == 0
    monkeypatch.setenv("MLCI_EXTRAS", "ssh, tensorflow")
    monkeypatch.setenv("MLCI_INSTALL", "-r requirements.txt 'numpy >= 2'")
    assert install.main() == 0
    monkeypatch.setenv("MLCI_EXTRAS", "tensorflow")
    monkeypatch.delenv("MLCI_INSTALL")
    assert install.main() == 0
    top = str(FILE.parents[1])
    assert calls == [[top], ["-r", "requirements.txt", "numpy >= 2", f"{top}[ssh,tensorflow]"]]
    assert (tmp_path / "output").read_text().startswith("version=")


def test_what_is_no_extra_is_refused(
    install: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLCI_EXTRAS", "ssh] @ https://example.org")
    assert install.main() == 2
    assert calls == []
