"""`mlci status`: what is deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import out


def status(
    *,
    target: Annotated[str | None, Argument("The target; needed when there are several.")] = None,
    model: Annotated[str | None, Option("The model, where a target holds several.")] = None,
    json: Annotated[bool, Option("Print it for programs.")] = False,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Show what is deployed at a target: the version that serves, those kept, and what happened.

    Examples: `mlci status` · `mlci status production --json`
    """
    from mlci.commands.targets import open_from_here

    found = open_from_here(root, target).status(model)
    if json:
        said = {"model": found.model, "version": found.version, "versions": found.versions}
        from json import dumps

        out(dumps({**said, "retired": found.retired, "history": found.history}, indent=2, default=dict))
        return 0
    serving = "nothing" if found.version is None else f"version {found.version}"
    out(f"{found.model}: {serving} is in production")
    if found.versions:
        out(f"kept: {', '.join(map(str, found.versions))}")
    if found.retired:
        out(f"taken back: {', '.join(map(str, found.retired))}")
    for event in found.history[-10:]:
        commit = f" at {event['commit'][:12]}" if event.get("commit") else ""
        out(f"  {event['at']}  {event['event']} {event['version']}{commit}")
    return 0
