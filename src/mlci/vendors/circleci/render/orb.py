"""Style `orb`: a configuration whose jobs use the commands of mlci's orb."""

from __future__ import annotations

import re

from mlci import __version__
from mlci.language.model import Pipeline
from mlci.release import source

STYLE = "orb"
NAME = "mlci"
"""What a configuration calls it."""
VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
"""The versions an orb may have."""


def asked(pipeline: Pipeline) -> bool:
    """Tell whether jobs are to use the orb."""
    return STYLE in pipeline.style


def version(pipeline: Pipeline) -> str:
    """Return the orb's version: the release that `mlci:` names, else the one this mlci knows."""
    found = source(pipeline.mlci)
    return __version__ if found is None else found.version


def installed(pipeline: Pipeline) -> dict[str, str]:
    """Return what the orb's `install` is told, but for what it does untold."""
    wanted = pipeline.requirements
    install = f"-r {wanted.file}" if wanted.file else wanted.pyproject or ""
    given = {"install": install, "lock": wanted.lock or ""}
    own = {} if pipeline.mlci == f"mlci=={version(pipeline)}" else {"mlci": pipeline.mlci}
    return own | {name: value for name, value in given.items() if value}
