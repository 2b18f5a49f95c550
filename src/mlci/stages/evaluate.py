"""The stage `evaluate`: is the model good enough?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from mlci.errors import InputError
from mlci.files import write_atomic
from mlci.stages.arrays import load_numpy, read_pair
from mlci.stages.contract import InputPath, MetricsPath, Outcome, OutputPath, Work
from mlci.stages.gates import check_gates, parse_gates
from mlci.stages.summary import case_table

Array = Any


def evaluate(
    work: Work,
    *,
    model: InputPath,
    data: InputPath,
    gates: dict[str, str] | None = None,
    x: str = "x",
    y: str = "y",
    batch_size: int = 256,
    metrics: MetricsPath | None = None,
    blessing: OutputPath | None = None,
    predictions: OutputPath | None = None,
) -> Outcome:
    """Measure a classifier on held-out data, and fail when a gate is missed.

    The metrics are accuracy, loss (cross-entropy), macro_precision, macro_recall, and precision_N and
    recall_N for each class N.

    Parameters
    ----------
    model : a SavedModel folder, a .keras file, or a folder that holds them; the SavedModel is what is asked
    data : an .npz file of inputs and class numbers that training has not seen
    gates : bounds by metric, such as {accuracy: ">= 0.80", loss: "< 0.5"}
    x : the name of the inputs in the data
    y : the name of the class numbers in the data
    batch_size : how many examples the model is asked at once
    metrics : a JSON file to write the metrics to
    blessing : a JSON file to write that says which model passed; `package` asks for it
    predictions : an .npz file to write the model's outputs to, with the true classes

    Raises
    ------
    InputError : the model or data cannot be read, do not fit together, or a gate cannot be read
    """
    from mlci.models.framework import pin
    from mlci.models.predictor import open_predictor
    from mlci.stages.blessing import write_blessing
    from mlci.stages.classification import describe, score

    bounds = parse_gates(gates or {})
    if batch_size < 1:
        raise InputError(f"'batch_size' must be 1 or more, not {batch_size}")
    inputs, labels = read_pair(data, x, y)
    pin(work.seed)
    work.say(f"asking {model.name} about {len(labels)} examples")
    outputs = load_numpy().concatenate(list(open_predictor(model).predict(inputs, batch_size)))
    found = score(outputs, labels)
    cases = check_gates(bounds, found.metrics)
    work.say(f"accuracy {found.accuracy:.4f}, loss {found.loss:.4f}")
    if metrics is not None:
        write_atomic(metrics, json.dumps(found.metrics, indent=2) + "\n")
    if blessing is not None:
        write_blessing(blessing, model, found.metrics, cases)
    if predictions is not None:
        write_predictions(predictions, outputs, labels)
    return Outcome(found.metrics, cases, case_table(f"Model on {data.name}", cases) + "\n" + describe(found))


def write_predictions(path: Path, outputs: Array, labels: Array) -> None:
    """Write outputs and true classes as an .npz file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        load_numpy().savez(file, outputs=outputs, y=labels)
    temporary.replace(path)
