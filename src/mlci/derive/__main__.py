"""`python -m mlci.derive`: write what is derived; with `--check`, name what is stale and exit 1."""

from __future__ import annotations

import sys
from pathlib import Path

from mlci import derive
from mlci.files import write_atomic
from mlci.resources import PACKAGE


def main() -> int:
    """Write or check the derived files of this checkout."""
    root: Path = PACKAGE.parents[1]
    found = list(derive.stale(root))
    if "--check" in sys.argv[1:]:
        for path in found:
            sys.stdout.write(f"stale: {path}\n")
        return int(bool(found))
    texts = derive.files()
    for path in found:
        write_atomic(root / path, texts[path])
        sys.stdout.write(f"wrote {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
