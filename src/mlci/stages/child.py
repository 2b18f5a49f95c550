"""Runs one library stage in a process of its own: `python -m mlci.stages.child`.

The environment variable `MLCI_STAGE_CALL` names a JSON file, the call:

    {"stage":   "evaluate",                    its id in the library
     "with":    {"model": "model", ...},       its arguments, as `with:` has them
     "root":    "/path/of/the/workspace",
     "targets": {"production": {"type": "local", "path": "..."}},
     "context": {"MLCI_COMMIT": "...", ...},
     "seed":    0,
     "result":  "/path/of/result.json"}

What the stage found is written, whole or not at all, to the file that `result` names:

    {"metrics": {"accuracy": 0.97},
     "cases":   [{"name": "accuracy >= 0.80", "passed": true, "message": ""}],
     "summary": "markdown",
     "error":   null}

A metric that is not finite is left out, for JSON has no such number; a case says why it failed.

When the stage could not finish, `error` is `{"kind", "message", "help"}`; `kind` is "stage" (the work
failed), "input" (what the user gave is wrong), "environment" (something is missing here), "interrupted" or
"defect".

The exit status is that of DESIGN: 0 done, 1 a case or the work failed, 2 wrong input, 3 a defect,
130 interrupted. Progress goes to standard output, one line each; a defect's traceback to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from mlci.errors import EnvironmentLacks, InputError, MlciError, StageError
from mlci.files import write_atomic
from mlci.stages.contract import Outcome, Work

CALL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["stage", "with", "root", "result"],
    "additionalProperties": False,
    "properties": {
        "stage": {"type": "string"},
        "with": {"type": "object"},
        "root": {"type": "string"},
        "targets": {"type": "object", "additionalProperties": {"type": "object", "required": ["type"]}},
        "context": {"type": "object", "additionalProperties": {"type": "string"}},
        "seed": {"type": "integer"},
        "result": {"type": "string"},
    },
}
"""The JSON Schema of the call."""

INTERRUPTED = 130
DEFECT = 3


class BadCall(MlciError):
    """The call itself is wrong, which is a mistake of the program that made it."""


def main() -> int:
    """Run the stage that `MLCI_STAGE_CALL` describes; return the exit status."""
    try:
        call = read_call()
        return run(call, Path(call["result"]))
    except MlciError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status


def run(call: Mapping[str, Any], result: Path) -> int:
    """Run the stage of a call, write its result, and return the exit status."""
    try:
        outcome = perform(call)
    except KeyboardInterrupt:
        write_result(result, Outcome(), {"kind": "interrupted", "message": "interrupted", "help": None})
        return INTERRUPTED
    except MlciError as error:
        write_result(result, Outcome(), describe(error))
        return error.exit_status
    except Exception as error:
        traceback.print_exc()
        message = f"{type(error).__name__}: {error}"
        write_result(result, Outcome(), {"kind": "defect", "message": message, "help": None})
        return DEFECT
    write_result(result, outcome, None)
    return StageError.exit_status if outcome.failures else 0


def read_call() -> dict[str, Any]:
    """Return the call.

    Raises
    ------
    BadCall : there is none, or it lacks something
    """
    try:
        call = json.loads(Path(os.environ["MLCI_STAGE_CALL"]).read_text(encoding="utf-8"))
    except (KeyError, OSError, ValueError) as error:
        raise BadCall(f"MLCI_STAGE_CALL names no call of a stage: {error!r}") from error
    if not isinstance(call, dict):
        raise BadCall("the call of the stage is no object")
    missing = [key for key in CALL_SCHEMA["required"] if key not in call]
    if missing:
        raise BadCall(f"the call of the stage lacks {', '.join(missing)}")
    return call


def perform(call: Mapping[str, Any]) -> Outcome:
    """Call the stage's function with its arguments."""
    from mlci.language.arguments import bind
    from mlci.language.catalogue import STAGES

    stage = STAGES.find(call["stage"])
    if stage is None:
        raise InputError(
            f"there is no library stage '{call['stage']}'", help=f"there are {', '.join(STAGES.ids())}"
        )
    root = Path(call["root"])
    arguments = bind(stage.parameters, call["with"], f"stage '{stage.id}'", root)
    work = Work(root, call.get("targets", {}), call.get("context", {}), say, call.get("seed", 0))
    outcome: Outcome = stage.make(work, **arguments)
    return outcome


def say(line: str) -> None:
    """Show one line of progress at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def describe(error: MlciError) -> dict[str, str | None]:
    """Return an error as the result tells it."""
    kind = "stage" if isinstance(error, StageError) else "defect"
    if isinstance(error, InputError):
        kind = "environment" if isinstance(error, EnvironmentLacks) else "input"
    return {"kind": kind, "message": str(error), "help": getattr(error, "help", None)}


def write_result(path: Path, outcome: Outcome, error: Mapping[str, str | None] | None) -> None:
    """Write what the stage found."""
    found = {
        "metrics": {name: value for name, value in outcome.metrics.items() if isfinite(value)},
        "cases": [case._asdict() for case in outcome.cases],
        "summary": outcome.summary,
        "error": error,
    }
    write_atomic(path, json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
