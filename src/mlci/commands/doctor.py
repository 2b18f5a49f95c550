"""`mlci doctor`: what this machine lacks, and what must be set at each vendor."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

from mlci.calls.options import Option
from mlci.commands.terminal import coloured, out, unicode


def doctor(
    *,
    json: Annotated[bool, Option("Print it for programs.")] = False,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Say what this machine lacks, and what must be set at each vendor before the first push.

    The second part comes from mlci.yaml alone: secrets by environment, contexts, reviewers, permissions,
    runners, schedules, plugins. Exits with 1 when something here is missing.

    Examples: `mlci doctor` · `mlci doctor --json`
    """
    from mlci.doctor import doctor as examine
    from mlci.planning import repository

    pipeline = repository.load(root) if (root / repository.FILE).exists() else None
    diagnosis = examine(pipeline, root, os.environ)
    if json:
        from json import dumps

        out(dumps(diagnosis.to_json(), indent=2, ensure_ascii=False))
        return diagnosis.exit_status
    from mlci.doctor.showing import show

    width = shutil.get_terminal_size((100, 24)).columns
    shown = show(diagnosis, width=width, colour=coloured(sys.stdout), unicode=unicode(sys.stdout))
    out(shown.rstrip("\n"))
    return diagnosis.exit_status
