"""`mlci prune`: keep the store within bounds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from mlci.calls.options import Option
from mlci.commands.terminal import note, out

UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}


def prune(
    *,
    keep: Annotated[str, Option("How much to keep, what was used last first.", metavar="SIZE")] = "10GB",
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Drop from the store the bundles that were used longest ago.

    What was dropped is computed again when it is needed.

    Examples: `mlci prune` · `mlci prune --keep 500MB`
    """
    from mlci.engine.store import open_store
    from mlci.errors import EnvironmentLacks
    from mlci.planning import repository

    size = read_size(keep)
    address = repository.load(root).store
    store = open_store(address, root, note)
    try:
        freed = 0 if store is None else store.prune(size)
    except OSError as error:
        raise EnvironmentLacks(f"the store {address} is out of reach: {error}") from error
    out(f"freed {freed / 1e6:.1f} MB of {address}")
    return 0


def read_size(text: str) -> int:
    """Read 500MB, 10GB or 1TB as bytes.

    Raises
    ------
    InputError : it is no size
    """
    from mlci.errors import InputError

    found = re.fullmatch(r"([0-9]{1,6})(MB|GB|TB)", text)
    if not found:
        raise InputError(f"'{text}' is no size", help="write 500MB, 10GB or 1TB")
    return int(found[1]) * UNITS[found[2]]
