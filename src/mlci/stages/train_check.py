"""The stage `train-check`: did training work?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from mlci.errors import EnvironmentLacks, InputError
from mlci.stages.contract import Case, InputPath, Outcome, Work
from mlci.stages.summary import case_table, table

MAX_BYTES = 64 * 2**20

Series = Mapping[str, Sequence[float]]
"""One value an epoch, by metric."""


def train_check(
    work: Work,
    *,
    history: InputPath,
    model: InputPath | None = None,
    loss: str = "loss",
    min_fall: float = 0.0,
    max_gap: float = 0.1,
    max_rise: float = 0.1,
) -> Outcome:
    """Check a training's history: no NaN, the loss falls and settles, no overfitting beyond a bound.

    The history is what Keras returns, written as JSON: {"loss": [0.9, 0.4], "val_loss": [1.0, 0.5]}, or a
    list with one mapping an epoch. Every metric with a "val_" twin is compared with it.

    Parameters
    ----------
    history : the JSON file
    model : a saved model that must load as well
    loss : the name of the loss in the history
    min_fall : by how much of its first value the loss must have fallen, 0 to 1
    max_gap : how far the last validation value of a metric other than the loss may fall behind training
    max_rise : how far above its lowest value the loss may end, as a share of its fall

    Raises
    ------
    InputError : the file is no history, or lacks the loss
    """
    series = read_history(history)
    if loss not in series:
        raise InputError(f"{history} has no '{loss}'", help=f"it has {', '.join(sorted(series))}")
    cases = [*finite_cases(series), *loss_cases(loss, series[loss], min_fall, max_rise)]
    cases += gap_cases(series, loss, max_gap)
    if model is not None:
        cases.append(load_case(work, model))
    last = {name: values[-1] for name, values in series.items()}
    text = case_table("Training", cases) + "\n" + table(("metric", "first", "last"), shown(series))
    work.say(f"{len(series[loss])} epochs, {loss} {series[loss][0]:.4g} to {series[loss][-1]:.4g}")
    return Outcome({**last, "epochs": float(len(series[loss]))}, tuple(cases), text)


def shown(series: Series) -> list[tuple[str, str, str]]:
    """Return the first and last value of each metric as text."""
    return [(name, f"{values[0]:.4g}", f"{values[-1]:.4g}") for name, values in series.items()]


def read_history(path: Path) -> Series:
    """Read a history.

    Raises
    ------
    InputError : the file is missing, no JSON, or of another shape
    """
    help = 'write json.dumps(model.fit(...).history): {"loss": [0.9, 0.4], ...}'
    try:
        with path.open("rb") as file:
            held: Any = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot read the history {path}: {error}", help=help) from error
    series = series_of(held)
    if not series:
        raise InputError(f"{path} is no training history", help=help)
    return series


def series_of(held: Any) -> Series:
    """Return the series that JSON data holds; empty when it is no history."""
    if isinstance(held, dict) and isinstance(held.get("history"), dict):
        held = held["history"]
    if isinstance(held, list) and held and all(isinstance(epoch, dict) for epoch in held):
        held = {name: [epoch.get(name) for epoch in held] for name in held[0]}
    series = {}
    for name, values in held.items() if isinstance(held, dict) else ():
        listed = values if isinstance(values, list) else [values]
        if listed and all(number(value) for value in listed):
            series[str(name)] = [float("nan") if value is None else real(value) for value in listed]
    return series


def real(value: float) -> float:
    """Return a number as a float; one that is too large for it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def number(value: Any) -> bool:
    """Whether a value is one of a history: a number, or null, which some writers put for NaN."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def finite_cases(series: Series) -> Iterator[Case]:
    """Yield a case for each metric: no NaN, no infinity."""
    for name, values in series.items():
        bad = [epoch for epoch, value in enumerate(values, 1) if not isfinite(value)]
        yield Case(f"{name} is finite", not bad, f"it is not in epoch {', '.join(map(str, bad[:5]))}")


def loss_cases(name: str, values: Sequence[float], min_fall: float, max_rise: float) -> Iterator[Case]:
    """Yield the cases of the loss: it falls by enough, and ends near its lowest value."""
    known = [value for value in values if isfinite(value)]
    if len(known) < 2:
        message = f"there are {len(known)} epochs with a value; a fall needs two"
        yield Case(f"{name} falls", False, message)
        return
    first, last, lowest = known[0], known[-1], min(known)
    needed = first - min_fall * abs(first)
    fell = last < first and last <= needed
    yield Case(f"{name} falls", fell, f"it went from {first:.4g} to {last:.4g}, {needed:.4g} was asked")
    rise = last - lowest
    bound = max_rise * max(first - lowest, 0.0)
    message = f"it ended {rise:.4g} above its lowest value {lowest:.4g}; {bound:.4g} is allowed"
    yield Case(f"{name} settles", rise <= bound, message)


def gap_cases(series: Series, loss: str, max_gap: float) -> Iterator[Case]:
    """Yield a case for each metric that was validated too; losses have no common scale and are left out."""
    for name, values in series.items():
        twin = series.get(f"val_{name}")
        if twin is None or name == loss or not (isfinite(values[-1]) and isfinite(twin[-1])):
            continue
        lower_is_better = any(word in name for word in ("loss", "error", "mae", "mse"))
        gap = twin[-1] - values[-1] if lower_is_better else values[-1] - twin[-1]
        message = f"training ended at {values[-1]:.4g}, validation at {twin[-1]:.4g}"
        yield Case(f"{name}: gap <= {max_gap:g}", gap <= max_gap, message)


def load_case(work: Work, model: Path) -> Case:
    """Return the case of the saved model: it is there and loads."""
    from mlci.models.framework import pin
    from mlci.models.predictor import open_predictor

    pin(work.seed)
    try:
        open_predictor(model)
    except EnvironmentLacks:
        raise
    except InputError as error:
        return Case("model loads", False, str(error))
    return Case("model loads", True)
