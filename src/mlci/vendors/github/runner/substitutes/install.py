"""Takes the place of actions/install.py: mlci itself is the one of the run, all else is installed as asked.

Laid beside the real one, whose work it does; it runs before anything is installed, on Python's library alone.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

RELEASED = Path(__file__).with_name("released_install.py")


def released() -> ModuleType:
    spec = importlib.util.spec_from_file_location("released_install", RELEASED)
    assert spec is not None and spec.loader is not None  # noqa: S101 - it is a file of Python
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prepared(extras: list[str]) -> str:
    """Return what pip finds installed, and the extras that it may have to fetch."""
    return f"mlci[{','.join(extras)}]" if extras else "mlci"


def main() -> int:
    """Do the real one's work; return its exit status."""
    module = released()
    module.__dict__["itself"] = prepared
    status: int = module.main()
    return status


if __name__ == "__main__":
    sys.exit(main())
