"""Which commit this mlci was installed from, as far as pip has noted it."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

from mlci.release import Source, source

COMMIT = re.compile(r"[0-9a-f]{40}")


@cache
def origin() -> Source | None:
    """Return the commit that this mlci was installed from; None where nothing tells."""
    try:
        told = json.loads(distribution("mlci").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        return None
    commit = told.get("vcs_info", {}).get("commit_id", "")
    return source(f"git+{told['url']}@{commit}") if commit else None
