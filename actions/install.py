"""Installs mlci from the checkout this file lies in, so that no package index need have it.

MLCI_EXTRAS    extras of mlci, apart by commas
MLCI_INSTALL   what else pip installs: packages, or `-r requirements.txt`
MLCI_LOCK      a uv.lock; what it locks is installed before all else
MLCI_UV        the version of the uv that reads it
GITHUB_OUTPUT  a file to which `version=` is added
RUNNER_TEMP    where it is noted, so that a second action of a job need not install again
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTRA = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def main() -> int:
    """Install what is asked for and not there; return the exit status."""
    extras = [word for word in re.split(r"[\s,]+", os.environ.get("MLCI_EXTRAS", "")) if word]
    if not all(map(EXTRA.fullmatch, extras)):
        sys.stderr.write(f"error: extras are names apart by commas, not '{os.environ['MLCI_EXTRAS']}'\n")
        return 2
    wanted = shlex.split(os.environ.get("MLCI_INSTALL", ""))
    own = [f"mlci[{each}]" for each in ("", *extras)]
    if not set(own) <= noted():
        wanted.append(itself(extras))
    for words in [*locked(os.environ.get("MLCI_LOCK", "")), *([pip(*wanted)] if wanted else [])]:
        status = subprocess.run(words, check=False).returncode
        if status:
            return status
    note(own)
    return tell_version()


def itself(extras: list[str]) -> str:
    """Return what pip is to install as mlci."""
    return f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)


def pip(*wanted: str) -> list[str]:
    """Return the call of pip that installs something."""
    return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *wanted]


def locked(lock: str) -> Iterator[list[str]]:
    """Yield the calls that install what a uv.lock locks; none without one."""
    if lock:
        yield pip(f"uv=={os.environ['MLCI_UV']}")
        uv = shutil.which("uv")
        project = os.path.dirname(lock) or "."  # noqa: PTH120
        file = ".mlci/requirements.txt"
        words = ["export", "--frozen", "--no-emit-project", "--project", project, "--output-file", file]
        yield [*([uv] if uv else [sys.executable, "-m", "uv"]), *words, "--quiet"]
        yield pip("-r", file)


def notes() -> Path | None:
    """Return the file that holds what is installed, None where nothing is kept for the job."""
    folder = os.environ.get("RUNNER_TEMP", "")
    return Path(folder) / "mlci-installed" if folder else None


def noted() -> set[str]:
    """Return what is installed already in this Python from this checkout."""
    file = notes()
    if file is None or not file.is_file():
        return set()
    lines = file.read_text(encoding="utf-8").splitlines()
    return set(lines[1:]) if lines and lines[0] == place() else set()


def note(own: list[str]) -> None:
    """Note what is installed now."""
    file = notes()
    if file is not None:
        file.write_text("\n".join([place(), *sorted(noted() | set(own))]) + "\n", encoding="utf-8")


def place() -> str:
    """Return which Python, and which checkout."""
    return f"{sys.prefix} {ROOT}"


def tell_version() -> int:
    """Say which version is installed; return the exit status."""
    words = [sys.executable, "-P", "-m", "mlci", "--version"]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    sys.stdout.write(said.stdout)
    sys.stderr.write(said.stderr)
    if said.returncode == 0 and os.environ.get("GITHUB_OUTPUT"):
        with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
            file.write(f"version={said.stdout.split()[-1]}\n")
    return said.returncode


if __name__ == "__main__":
    sys.exit(main())
