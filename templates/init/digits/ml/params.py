"""The params of a stage, as mlci.yaml gives them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def read_params(**defaults: Any) -> dict[str, Any]:
    """Return the stage's params; the defaults are for a call by hand, outside of mlci."""
    path = os.environ.get("MLCI_PARAMS_FILE")
    if path is None:
        return defaults
    return {**defaults, **json.loads(Path(path).read_text(encoding="utf-8"))}


def read_seed() -> int:
    """Return the pipeline's seed."""
    return int(os.environ.get("MLCI_SEED", "7"))
