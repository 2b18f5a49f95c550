"""The blessing: a test's word on one model, which `package` asks for before it packs that model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlci.errors import InputError
from mlci.files import write_atomic
from mlci.models.identity import Identity, identify
from mlci.models.loading import find_keras, find_saved_model
from mlci.stages.contract import Case

FORMAT = "mlci-blessing/1"
MAX_BYTES = 2**20


@dataclass(frozen=True)
class Blessing:
    """What a test found of a model."""

    models: tuple[str, ...]
    """Identities of the saved models that were tested, in any format."""
    blessed: bool
    metrics: Mapping[str, float]


def identities(path: Path) -> dict[str, Identity]:
    """Return the identities of the models at a path: "keras", "savedmodel" or both."""
    found = (find_keras(path), find_saved_model(path))
    held = [identify(model) for model in found if model is not None]
    return {identity.format: identity for identity in held}


def write_blessing(path: Path, model: Path, metrics: Mapping[str, float], cases: Iterable[Case]) -> None:
    """Write the blessing of the model at a path: blessed when every case passed."""
    gates = [{"gate": case.name, "passed": case.passed} for case in cases]
    said = {
        "format": FORMAT,
        "models": sorted(identity.digest for identity in identities(model).values()),
        "blessed": all(gate["passed"] for gate in gates),
        "metrics": dict(metrics),
        "gates": gates,
    }
    write_atomic(path, json.dumps(said, indent=2, sort_keys=True) + "\n")


def read_blessing(path: Path) -> Blessing:
    """Read a blessing.

    Raises
    ------
    InputError : the file is missing, or is no blessing
    """
    help = "let `evaluate` write it: with: {blessing: metrics/blessing.json}"
    try:
        with path.open("rb") as file:
            said: Any = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot read the blessing {path}: {error}", help=help) from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise InputError(f"{path} is no blessing", help=help)
    metrics = said.get("metrics")
    numbers = metrics if isinstance(metrics, dict) else {}
    return Blessing(
        tuple(str(model) for model in said.get("models") or ()),
        said.get("blessed") is True,
        {str(name): float(value) for name, value in numbers.items() if isinstance(value, int | float)},
    )
