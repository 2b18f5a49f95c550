"""What `python -m pip` is in a job's bare environment: opens the prepared one, then is the real pip.

Copied beside nothing else as a package's `__main__.py`. So a job that installs nothing has nothing, as at its
vendor, and one that does finds its requirements satisfied at once.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def open_prepared(here: Path) -> None:
    """Let what is prepared be found: its packages, and its programs."""
    for waiting in here.parent.glob("*.pth.waiting"):
        waiting.rename(waiting.with_suffix(""))
    scripts = Path(sys.executable).parent
    for waiting in scripts.glob("*.waiting"):
        waiting.rename(waiting.with_suffix(""))
    shutil.rmtree(here)


def put_before(scripts: Path) -> None:
    """Give the scripts that wait for an installed program the first word (`mlci.parity.environments`)."""
    for script in scripts.glob("*.before"):
        program = script.with_suffix("")
        if program.exists():
            program.rename(program.with_suffix(".installed"))
            script.rename(program)


def main() -> int:
    """Open what is prepared, and be the real pip; return its exit status."""
    open_prepared(Path(__file__).resolve().parent)
    status = subprocess.run([sys.executable, "-m", "pip", *sys.argv[1:]], check=False).returncode
    put_before(Path(sys.executable).parent)
    return status


if __name__ == "__main__":
    sys.exit(main())
