"""`python3 -m venv` and `uv venv` on a machine under proof: environments made at once, over the prepared one.

As `python -m mlci.parity.environments TOOLS BARE venv|uv WORD…`. The programs of TOOLS stay before its own.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from mlci.parity import prepared
from mlci.parity.contract import Setting
from mlci.parity.machine import Machine

SWITCHES = {"venv": ("--clear",), "uv": ("--quiet", "-q", "--clear", "--seed")}
"""Those that change nothing here: an environment is new, has pip, and little is said."""


def machine_environ(at: Machine, setting: Setting) -> dict[str, str]:
    """Return the variables of a machine on which jobs make their environments themselves."""
    shims = lay(at.folder / "shims", setting.tools, at.folder / "env" / "bin", bare=setting.bare)
    environ = at.environ(setting)
    tools = str(setting.tools)
    return {**environ, "PATH": environ["PATH"].replace(tools, f"{tools}{os.pathsep}{shims}", 1)}


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
    making = shlex.join([*call(tools, bare=bare), "venv"])
    for name in ("python", "python3", prepared.version()):
        program(
            folder / name,
            f'if [ "$1 $2" = "-m venv" ]; then shift 2; exec {making} "$@"; fi\n'
            f'exec {shlex.quote(str(python / name))} "$@"\n',
        )
    return folder


def call(tools: Path, *, bare: bool) -> list[str]:
    """Return the words that run this module."""
    return [sys.executable, "-I", "-m", "mlci.parity.environments", str(tools), str(int(bare))]


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    path.chmod(0o755)


def make(folder: Path, tools: Path, *, bare: bool) -> None:
    """Make an environment, with the script that activates it, and programs that are witnessed."""
    scripts = folder / "bin"
    if not (folder / "pyvenv.cfg").exists():
        prepared.overlay(folder, bare=bare)
        ending = ".waiting" if bare else ""
        program(scripts / f"mlci{ending}", f'exec {shlex.quote(str(tools / "mlci"))} "$@"\n')
        making = shlex.join([*call(tools, bare=bare), "uv"])
        program(
            scripts / "uv.before",
            f'if [ "$1" = venv ]; then shift; exec {making} "$@"; fi\nexec "$0.installed" "$@"\n',
        )
    path = os.pathsep.join([str(tools), str(scripts), str(scripts / prepared.PROGRAMS)])
    text = f'VIRTUAL_ENV={shlex.quote(str(folder))}\nPATH={shlex.quote(path)}:"$PATH"\n'
    (scripts / "activate").write_text(f"{text}export VIRTUAL_ENV PATH\nunset PYTHONHOME\n", encoding="utf-8")


def folder_of(maker: str, words: Sequence[str]) -> str:
    """Return the folder that a call asks an environment in; "" for a call that asks for something else."""
    rest = list(words)
    if maker == "uv" and "--python" in rest[:-1]:
        at = rest.index("--python")
        if f"python{rest[at + 1]}" != prepared.version():
            return ""
        del rest[at : at + 2]
    rest = [word for word in rest if word not in SWITCHES[maker]]
    return rest[0] if len(rest) == 1 and not rest[0].startswith("-") else ""


def main(words: Sequence[str]) -> int:
    """Make the environment that is asked for; return the exit status."""
    tools, bare, maker, *rest = words
    folder = folder_of(maker, rest)
    if not folder:
        made = f"an environment of {prepared.version()} in one folder"
        sys.stderr.write(f"mlci parity: `{maker}` makes {made} here, not {shlex.join(rest)}\n")
        return 2
    if "--clear" in rest:
        shutil.rmtree(Path.cwd() / folder, ignore_errors=True)
    make(Path.cwd() / folder, Path(tools), bare=bare == "1")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
