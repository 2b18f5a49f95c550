"""The environment of a job: a folder of its own over the one mlci runs in, so that installing costs little.

What a job installs goes into its folder alone; what the environment beneath has is not installed again.
"""

from __future__ import annotations

import os
import shutil
import site
import sys
from pathlib import Path

OPENING = Path(__file__).with_name("installing.py")
PROGRAMS = "programs"
"""The link, in a job's folder of programs, to those of the environment beneath."""


def overlay(folder: Path, *, bare: bool = True) -> str:
    """Make an environment over the one mlci runs in; return the folders of its programs, as in PATH.

    Parameters
    ----------
    folder : where, absolute; it must not be there
    bare : whether it has nothing, not even mlci, until something is installed by pip
    """
    scripts, packages = folder / "bin", folder / "lib" / version() / "site-packages"
    packages.mkdir(parents=True)
    scripts.mkdir()
    base = Path(os.path.realpath(sys.executable))
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n")
    for name in ("python", "python3", version()):
        (scripts / name).symlink_to(base)
    ending = ".waiting" if bare else ""
    (packages / f"prepared.pth{ending}").write_text(beneath())
    (scripts / f"{PROGRAMS}{ending}").symlink_to(Path(sys.executable).parent)
    write_program(scripts / f"mlci{ending}", "mlci", ("-P",))
    write_program(scripts / "pip", "pip", ())
    if bare:
        (packages / "pip").mkdir()
        (packages / "pip" / "__init__.py").write_text("")
        shutil.copyfile(OPENING, packages / "pip" / "__main__.py")
    return f"{scripts}{os.pathsep}{scripts / PROGRAMS}"


def version() -> str:
    """Return this interpreter's name with its version: "python3.11"."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def beneath() -> str:
    """Return the lines that make the packages of this environment found, after a job's own."""
    known = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    folders = [folder for folder in known if os.path.isdir(folder)]  # noqa: PTH112 - text, as site has it
    # By `addsitedir`, as their own .pth files, of editable installs among others, must be heeded.
    return "".join(f"import site; site.addsitedir({folder!r})\n" for folder in folders)


def write_program(path: Path, module: str, flags: tuple[str, ...]) -> None:
    """Write the program that runs a module with this environment's Python."""
    words = " ".join((*flags, "-m", module))
    path.write_text(f'#!/bin/sh\nexec "$(dirname "$0")/python" {words} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
