"""`mlci notify`: tell people how a workflow ended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import note


def notify(
    *,
    outcome: Annotated[Literal["failure", "success"], Argument("How it ended.")],
    workflow: Annotated[str | None, Option("The workflow; the first when not given.", "-w")] = None,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Tell the workflow's channels how it ended; rendered configuration calls this.

    A message that cannot be delivered is a warning and fails nothing. The channels' addresses are secrets.

    Example: `mlci notify failure --workflow build-deploy`
    """
    from mlci.commands.notification import notify as tell
    from mlci.engine.workspace import Workspace
    from mlci.planning import repository

    pipeline = repository.load(root)
    (plan,) = repository.chosen(pipeline, (workflow or next(iter(pipeline.workflows)),))
    workspace = Workspace(root)
    tell(outcome, plan, workspace.context, workspace.secrets, lambda text: note(f"warning: {text}"))
    return 0
