"""`mlci exec`: exactly one stage, as a CI job calls it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import note


def exec_(
    *,
    stage: Annotated[str, Argument("The stage to run.")],
    workflow: Annotated[str | None, Option("Its workflow; the first when not given.", "-w")] = None,
    job: Annotated[str | None, Option("The job, when the stage stands there under another name.")] = None,
    force: Annotated[bool, Option("Run it although the store has its outputs.")] = False,
    allow_failure: Annotated[bool, Option("Exit with 0 although its work failed.")] = False,
    store: Annotated[str | None, Option("Another store than the pipeline's; '' for none.")] = None,
    outputs: Annotated[
        str | None, Option("A file to add NAME=VALUE lines to: status, metrics, record, junit, summary.")
    ] = None,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Run exactly one stage, as every vendor's job does.

    Verifies and unpacks the bundles it needs from .mlci/handoff, pins what makes runs differ, restores the
    outputs if the store has them or runs the command with its own secrets, checks what it made, and leaves
    a bundle, a record and reports. Exit status: 0 done, 1 a gate or the command failed, 2 the input is
    wrong.

    Example: `mlci exec train --workflow build-deploy`
    """
    from mlci.engine.exec import Request, exec_stage
    from mlci.engine.workspace import Workspace
    from mlci.errors import InputError
    from mlci.planning import repository

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    pipeline = repository.load(root)
    request = Request(stage, workflow, job, force, allow_failure, store)
    workspace = Workspace(root, warn=lambda text: note(f"warning: {text}"))
    try:
        status, result = exec_stage(pipeline, request, workspace, say)
    except InputError as error:
        if outputs:
            from mlci.engine.outcome import leave

            leave(workspace, job or stage, outputs, error.exit_status, str(error), None)
        raise
    if outputs and result is not None:
        from mlci.engine.outcome import leave

        leave(workspace, result.record.job, outputs, status, result.message, result)
    return status
