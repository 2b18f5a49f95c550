"""`mlci stage`: one library stage by itself, in a repository that need not have an mlci.yaml."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import note

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "MLCI_WITH_"


def stage(
    *,
    stage: Annotated[str, Argument("The library stage to run, such as evaluate.")],
    set: Annotated[list[str], Option("A parameter, NAME=VALUE; may be repeated.", metavar="NAME=VALUE")] = (),  # type: ignore[assignment]
    job: Annotated[
        str | None, Option("What its folders are called, when the stage runs more than once here.")
    ] = None,
    targets: Annotated[
        str | None,
        Option("Targets, as mlci.yaml has them; those of the mlci.yaml that is here when not given."),
    ] = None,
    secret: Annotated[list[str], Option("A variable whose value must show nowhere; may be repeated.")] = (),  # type: ignore[assignment]
    outputs: Annotated[
        str | None, Option("A file to add NAME=VALUE lines to: status, metrics, record, junit, summary.")
    ] = None,
    root: Annotated[Path, Option("The repository's folder.", "-C")] = Path(),
) -> int:
    """Run one library stage by itself; no mlci.yaml is needed.

    Parameters come from --set, from the variables MLCI_WITH_<NAME>, and from MLCI_WITH, a JSON object; the
    first wins, and an empty variable was not given. Values are written as in mlci.yaml. Leaves
    .mlci/reports/STAGE/ (outcome.json, junit.xml, summary.md) and .mlci/handoff/STAGE/ (record.json, the
    bundle). Exit status: 0 done, 1 a gate failed, 2 the input is wrong.

    Example: `mlci stage validate-data --set data=data/train.npz --set schema=data-schema.yaml`
    """
    from mlci.engine.outcome import leave
    from mlci.engine.single_stage import Request, read_yaml, run_single_stage
    from mlci.engine.workspace import Workspace
    from mlci.errors import InputError

    workspace = Workspace(root, warn=lambda text: note(f"warning: {text}"))
    given = mapping(read_yaml(targets, "targets"), "targets") if targets and targets.strip() else None
    texts = {name: text for name, text in workspace.environ.items() if name.startswith(PREFIX)}
    request = Request(
        stage,
        from_json(workspace.environ),
        {name.removeprefix(PREFIX): text for name, text in texts.items()} | dict(map(pair, set)),
        job,
        given,
        tuple(secret),
    )
    try:
        status, result = run_single_stage(request, workspace, say)
    except InputError as error:
        leave(workspace, job or stage, outputs, error.exit_status, str(error), None)
        raise
    leave(workspace, job or stage, outputs, status, result.message if result else "", result)
    return status


def say(line: str) -> None:
    """Show one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def pair(word: str) -> tuple[str, str]:
    """Read NAME=VALUE."""
    from mlci.errors import InputError

    name, equals, value = word.partition("=")
    if not equals:
        raise InputError(f"'{word}' is no NAME=VALUE", help="--set data=data/train.npz")
    return name, value


def from_json(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the arguments that MLCI_WITH holds."""
    import json

    from mlci.errors import InputError

    try:
        return mapping(json.loads(environ.get("MLCI_WITH") or "{}"), "MLCI_WITH")
    except ValueError as error:
        raise InputError(f"MLCI_WITH is no JSON: {error}") from error


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """Return a value that must be a mapping."""
    from mlci.errors import InputError

    if not isinstance(value, dict):
        raise InputError(f"'{what}' must be a mapping", help='write it as in mlci.yaml, {a: "b"}')
    return value
