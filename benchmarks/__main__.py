"""`make bench`: measure all, print a table; exit 1 when a target is missed."""

from __future__ import annotations

import sys
from importlib import import_module

MODULES = ("starting", "rendering", "running", "linting", "schemas", "installing", "parity")
"""Each has `measure()`; name some on the command line to measure only those."""


def main() -> int:
    """Measure and print."""
    missed = 0
    for name in sys.argv[1:] or MODULES:
        for row in import_module(f"benchmarks.{name}").measure():
            missed += not row.good
            sign, bound = "✓" if row.good else "✗", "≥" if row.least else "≤"
            figures = f"{row.value:8.2f} {bound} {row.target:g} {row.unit}"
            print(f"{sign} {row.what:52} {figures:30} {row.detail}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
