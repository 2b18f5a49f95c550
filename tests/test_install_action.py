"""What the actions install: once a job, extras by name, and nothing that is no extra."""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
from pathlib import Path
from types import ModuleType

import actions_kit
import pytest
import render_kit

from mlci.planning.plan import UV, install_commands

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
        if not {"pip", "uv"} & set(words):
            return real(words, **options)  # type: ignore[call-overload,no-any-return]
        found.append(words[words.index("install") + 2 :] if "pip" in words else words)
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


@pytest.mark.parametrize("lock", ["uv.lock", "ml/uv.lock"])
def test_what_is_locked_comes_first_as_in_plain_steps(
    install: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    monkeypatch.setattr(install.shutil, "which", lambda name: name)
    monkeypatch.setenv("MLCI_LOCK", lock)
    monkeypatch.setenv("MLCI_UV", UV)
    assert install.main() == 0
    (plan,) = render_kit.plans_from(f"{actions_kit.PIPELINE}requirements: {{lock: {lock}}}\n")
    uv, export, packages = [shlex.split(line) for line in install_commands(plan.pipeline)]
    pip = uv.index("install") + 2
    assert calls == [uv[pip:], export, packages[pip:], [str(FILE.parents[1])]]


def test_what_is_no_extra_is_refused(
    install: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLCI_EXTRAS", "ssh] @ https://example.org")
    assert install.main() == 2
    assert calls == []
