"""`mlci run`: a workflow here, skipping what is up to date."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import coloured, unicode
from mlci.errors import InputError

if TYPE_CHECKING:
    from mlci.engine.reporter import Reporter


def events() -> tuple[str, ...]:
    """Return the words --event takes."""
    from mlci.language.model import EVENTS

    return EVENTS


def run(
    *,
    stage: Annotated[list[str], Argument("Only these stages, and what they need.")] = (),  # type: ignore[assignment]
    workflow: Annotated[str | None, Option("The workflow; the first when not given.", "-w")] = None,
    jobs: Annotated[int | None, Option("How many jobs may run at a time; one a processor.", "-j")] = None,
    keep_going: Annotated[bool, Option("Run what does not need a job that failed.", "-k")] = False,
    force: Annotated[bool, Option("Run what is up to date, too.", "-f")] = False,
    dry_run: Annotated[bool, Option("Run nothing; say what would run, and why.", "-n")] = False,
    yes: Annotated[bool, Option("Give every approval.", "-y")] = False,
    approve: Annotated[list[str], Option("Give this approval.")] = (),  # type: ignore[assignment]
    event: Annotated[
        str | None,
        Option("Run as for this event.", choices=events),
    ] = None,
    branch: Annotated[str | None, Option("Run as on this branch.")] = None,
    tag: Annotated[str | None, Option("Run as for this tag.")] = None,
    changed: Annotated[list[str], Option("A changed path, instead of those git tells.")] = (),  # type: ignore[assignment]
    input: Annotated[list[str], Option("A manual input.", metavar="NAME=VALUE")] = (),  # type: ignore[assignment]
    store: Annotated[str | None, Option("Another store than the pipeline's; '' for none.")] = None,
    json: Annotated[bool, Option("Print each event as a line of JSON.")] = False,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Run a workflow here: what is up to date is skipped, the rest runs as its graph allows.

    After a failure, run it again: what was done is not done twice. An approval is asked for at a terminal.

    Examples: `mlci run` · `mlci run train --force` · `mlci run --dry-run` · `mlci run -w retrain-deploy
    --yes`
    """
    from mlci.engine.run import run as go
    from mlci.engine.schedule import Request
    from mlci.engine.workspace import Workspace
    from mlci.planning import repository

    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs {jobs} lets no job run", help="leave it out for one job a processor")
    pipeline = repository.load(root)
    name = workflow or next(iter(pipeline.workflows))
    (plan,) = repository.chosen(pipeline, (name,))
    reporter = listener(json)
    request = Request(
        stages=tuple(stage),
        jobs=jobs,
        keep_going=keep_going,
        force=force,
        dry_run=dry_run,
        yes=yes,
        approve=tuple(approve),
        event=event,
        branch=branch,
        tag=tag,
        changed=tuple(changed) or None,
        inputs=pairs(input),
        store=store,
    )
    return go(plan, request, Workspace(root, warn=reporter.warned), reporter).exit_status


def listener(json: bool) -> Reporter:
    """Return who shows the run: JSON lines for programs, live lines at a terminal, plain lines elsewhere."""
    if json:
        from mlci.engine.events import JsonLines

        return JsonLines(sys.stdout)
    from mlci.engine.progress import Terminal

    stream = sys.stdout
    return Terminal(stream, colour=coloured(stream), live=stream.isatty(), wide=unicode(stream))


def pairs(given: list[str]) -> dict[str, str]:
    """Part NAME=VALUE."""
    parted = [each.partition("=") for each in given]
    for name, equals, _ in parted:
        if not equals:
            raise InputError(f"'{name}' is no input", help="write --input NAME=VALUE")
    return {name: value for name, _, value in parted}
