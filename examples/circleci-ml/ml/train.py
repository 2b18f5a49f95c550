"""Train the network on data/train.npz: writes model/, metrics/history.json and metrics/train.json."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ml.model import make_model
from ml.params import read_params, read_seed

DEFAULTS = {"epochs": 5, "batch_size": 32}
HELD_OUT = 0.1
"""The share of the training data that is only looked at after each epoch."""


def train(x: np.ndarray, y: np.ndarray, params: dict, seed: int) -> tuple[keras.Model, dict]:
    """Return the trained network and its history, one value an epoch by metric.

    Parameters
    ----------
    x : uint8 array, shape (n, 28, 28)
    y : int64 array, shape (n,), from 0 to 9
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    model = make_model()
    show = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(line(epoch, logs)))
    fitted = model.fit(
        x,
        y,
        batch_size=params["batch_size"],
        epochs=params["epochs"],
        validation_split=HELD_OUT,
        verbose=0,
        callbacks=[show],
    )
    return model, {name: [float(value) for value in values] for name, values in fitted.history.items()}


def line(epoch: int, logs: dict) -> str:
    """Return what is shown of an epoch."""
    return f"epoch {epoch + 1:2}  " + "  ".join(f"{name} {value:.4f}" for name, value in logs.items())


def main() -> None:
    """Train, and write what later stages read."""
    params = read_params(**DEFAULTS)
    with np.load("data/train.npz") as data:
        model, history = train(data["x"], data["y"], params, read_seed())
    Path("model").mkdir(exist_ok=True)
    Path("metrics").mkdir(exist_ok=True)
    model.save("model/model.keras")
    last = {name: values[-1] for name, values in history.items()}
    Path("metrics/history.json").write_text(json.dumps(history, indent=2) + "\n", encoding="utf-8")
    Path("metrics/train.json").write_text(json.dumps(last, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
