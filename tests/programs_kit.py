"""What a test that is not marked for it must not use: programs beyond Python and git, proofs, TensorFlow.

The fast loop leaves out the marked tests alone, so a test that lacks its mark would slow it down, and would
fail where the program is missing. Only what is begun in the test's own process is noticed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

REAL = {"act", "actionlint", "check-jsonschema", "chromium", "docker", "dockerd", "groovy", "hadolint"}
REAL |= {"java", "shellcheck", "ssh", "ssh-keygen", "sshd", "uv", "zizmor"}
PROVEN = "mlci"
"""The program that the jobs of a proof call; a test calls the module."""
MODULES = {"ensurepip", "pip", "uv"}
"""What `python -m` is not to run."""
HEAVY = {"keras", "tensorflow"}

used: list[tuple[str, str]] = []
"""The marks that the test now running needs, and why."""


def watch() -> None:
    """Begin to note what is used; it cannot be ended."""
    sys.addaudithook(note)


def note(event: str, given: tuple[Any, ...]) -> None:
    """Note what needs a mark."""
    if event == "import":
        if given[0] in HEAVY:
            used.append(("tensorflow", f"imports {given[0]}"))
    elif event == "subprocess.Popen":
        used.extend(("real", f"starts {name}") for name in programs(given[1], given[3]))


def programs(words: Sequence[Any] | str | bytes | Path, environ: Mapping[Any, Any] | None) -> Iterator[str]:
    """Yield the programs among the first words of a call that need a mark."""
    first, *rest = [words] if isinstance(words, str | bytes | Path) else words
    name, rest = Path(os.fsdecode(first)).name, [os.fsdecode(word) for word in rest]
    if name == PROVEN or (name in REAL and is_real(os.fsdecode(first), environ)):
        yield name
    elif name.startswith("python") and "-m" in rest[:-1]:
        module, *more = rest[rest.index("-m") + 1 :]
        if module in MODULES or (module == PROVEN and more[:1] == ["parity"]):
            yield " ".join((module, *more[:1]))


def is_real(program: str, environ: Mapping[Any, Any] | None) -> bool:
    """Tell whether a program is there, and is none that a test has written itself."""
    found = shutil.which(program, path=(os.environ if environ is None else environ).get("PATH"))
    if found is None:
        return False
    return within(found, sys.prefix) or not within(found, tempfile.gettempdir())


def within(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def judge(item: pytest.Item, report: pytest.TestReport) -> None:
    """Fail a test that uses what it is not marked for."""
    lacking = [f"{why}: mark it `{mark}`" for mark, why in used if item.get_closest_marker(mark) is None]
    used.clear()
    if lacking and report.passed:
        report.outcome = "failed"
        report.longrepr = "\n".join(dict.fromkeys(lacking))
