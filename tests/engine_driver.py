"""A run, or one job, as a program: `engine_driver.py ROOT run|exec [STAGE…]`. Prints JSON lines."""

from __future__ import annotations

import sys
from pathlib import Path

from mlci.engine.events import JsonLines
from mlci.engine.run import run
from mlci.engine.schedule import Request
from mlci.engine.workspace import Workspace
from mlci.errors import MlciError
from mlci.planning.drawing import Drawing
from mlci.planning.repository import load


def main() -> int:
    root, verb, *stages = sys.argv[1:]
    pipeline = load(Path(root))
    reporter = JsonLines(sys.stdout)
    workspace = Workspace(Path(root), warn=reporter.warned)
    try:
        if verb == "run":
            plan = Drawing(pipeline, next(iter(pipeline.workflows.values()))).plan()
            assert plan is not None
            return run(plan, Request(stages=tuple(stages)), workspace, reporter).exit_status
        from mlci.engine import exec as executor

        request = executor.Request(stages[0])
        return executor.exec_stage(pipeline, request, workspace, lambda text: reporter.line(stages[0], text))[
            0
        ]
    except MlciError as error:
        reporter.warned(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
