"""What `python3 -m venv` is on a machine under proof: an environment over the prepared one, made at once.

As `python -m mlci.parity.jenkins.environments TOOLS BARE FOLDER`. The programs of TOOLS stay before its own.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from mlci.parity import prepared


def lay(folder: Path, tools: Path, python: Path, *, bare: bool) -> Path:
    """Make a folder of programs whose Python makes environments this way; return it.

    Parameters
    ----------
    folder : a new one
    tools : the programs that come before all others
    python : the folder of the interpreter that does all else
    bare : whether an environment has nothing until something is installed
    """
    folder.mkdir(parents=True)
    words = [sys.executable, "-I", "-m", "mlci.parity.jenkins.environments", str(tools), str(int(bare))]
    for name in ("python", "python3", prepared.version()):
        program = folder / name
        program.write_text(
            "#!/bin/sh\n"
            f'if [ "$1 $2" = "-m venv" ]; then shift 2; exec {shlex.join(words)} "$@"; fi\n'
            f'exec {shlex.quote(str(python / name))} "$@"\n',
            encoding="utf-8",
        )
        program.chmod(0o755)
    return folder


def make(folder: Path, tools: str, *, bare: bool) -> None:
    """Make an environment, with the script that activates it."""
    if not (folder / "pyvenv.cfg").exists():
        prepared.overlay(folder, bare=bare)
    scripts = folder / "bin"
    path = os.pathsep.join([tools, str(scripts), str(scripts / prepared.PROGRAMS)])
    text = f'VIRTUAL_ENV={shlex.quote(str(folder))}\nPATH={shlex.quote(path)}:"$PATH"\n'
    (scripts / "activate").write_text(f"{text}export VIRTUAL_ENV PATH\nunset PYTHONHOME\n", encoding="utf-8")


def main(words: Sequence[str]) -> int:
    """Make the environment that is asked for; return the exit status."""
    tools, bare, *rest = words
    if len(rest) != 1 or rest[0].startswith("-"):
        sys.stderr.write(f"mlci parity: `python -m venv` takes one folder here, not {shlex.join(rest)}\n")
        return 2
    make(Path.cwd() / rest[0], tools, bare=bare == "1")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
