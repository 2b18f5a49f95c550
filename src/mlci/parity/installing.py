"""What `python -m pip` is in a job's bare environment: opens the prepared one, then is the real pip.

Copied beside nothing else as a package's `__main__.py`. So a job that installs nothing has nothing, as at its
vendor, and one that does finds its requirements satisfied at once.
"""

from __future__ import annotations

import os
import shutil
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


if __name__ == "__main__":
    open_prepared(Path(__file__).resolve().parent)
    os.execv(sys.executable, [sys.executable, "-m", "pip", *sys.argv[1:]])  # noqa: S606
