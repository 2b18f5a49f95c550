"""`mlci rollback`: serve an earlier version again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import out


def rollback(
    *,
    target: Annotated[str | None, Argument("The target; needed when there are several.")] = None,
    to: Annotated[int | None, Option("The version to go back to; the one before when not given.")] = None,
    model: Annotated[str | None, Option("The model, where a target holds several.")] = None,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Serve an earlier version again.

    Examples: `mlci rollback` · `mlci rollback production --to 41`
    """
    from mlci.commands.targets import open_from_here

    done = open_from_here(root, target).rollback(to, model)
    out(
        f"{done.model} version {done.version} is in production at {done.where}; before it was {done.previous}"
    )
    return 0
