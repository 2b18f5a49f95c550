"""What a stage's command finds in its environment: pinned, neutral, and with no secret but its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlci.language.model import Pipeline
from mlci.planning.plan import Job

if TYPE_CHECKING:
    from mlci.planning.context import Context

PINS: Mapping[str, str] = {
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "TF_DETERMINISTIC_OPS": "1",
    "TF_CUDNN_DETERMINISTIC": "1",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}
"""What makes runs differ, set alike everywhere; a pipeline's own `env` may set it otherwise."""


def pins(seed: int, commit_time: int) -> dict[str, str]:
    """Return the pinned variables of a run."""
    return {
        **PINS,
        "PYTHONHASHSEED": str(seed),
        "MLCI_SEED": str(seed),
        "SOURCE_DATE_EPOCH": str(commit_time),
    }


def params(values: Mapping[str, Any]) -> dict[str, str]:
    """Return params as MLCI_PARAM_<NAME>: text as it is, all else as JSON."""
    return {f"MLCI_PARAM_{variable(name)}": shown(value) for name, value in values.items()}


def variable(name: str) -> str:
    return name.upper().replace("-", "_")


def shown(value: Any) -> str:
    """Return a param's value as the text of a variable."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def inputs(asked: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    return {f"MLCI_INPUT_{variable(name)}": given(name, default, environ) for name, default in asked.items()}


def given(name: str, default: str, environ: Mapping[str, str]) -> str:
    """Return the value of a manual input: the one given, else its default."""
    return environ.get(f"MLCI_INPUT_{variable(name)}") or default


def manual_inputs(pipeline: Pipeline, workflow: str) -> dict[str, str]:
    """Return the names and defaults of the values that a workflow asks for when started by hand."""
    manual = pipeline.workflows[workflow].on.manual
    return {} if manual is None else {name: given.default for name, given in manual.inputs.items()}


def without(environ: Mapping[str, str], secrets: frozenset[str]) -> dict[str, str]:
    """Return an environment without secrets, and without what an outer stage was told."""
    told = ("MLCI_PARAM_", "MLCI_PARAMS_FILE", "MLCI_STAGE_CALL", "MLCI_MATRIX")
    return {
        name: value for name, value in environ.items() if name not in secrets and not name.startswith(told)
    }


def compose(
    job: Job,
    *,
    outer: Mapping[str, str],
    pinned: Mapping[str, str],
    context: Context,
    told: Mapping[str, str],
    secrets: Mapping[str, str],
) -> dict[str, str]:
    """Put a command's whole environment together, the later winning.

    Parameters
    ----------
    outer : what mlci itself was given, secrets left out
    pinned : what makes runs differ
    context : the run
    told : params, inputs, file names
    secrets : the job's own
    """
    return {**outer, **pinned, **context.variables(), **job.env, **told, **secrets}
