"""Asking a saved model for predictions in batches, whichever format it is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlci.errors import InputError
from mlci.models.framework import load_tensorflow
from mlci.models.loading import find_keras, find_saved_model, no_model, open_keras, open_saved_model

Array = Any
SIGNATURE = "serving_default"


@dataclass(frozen=True)
class Predictor:
    """A loaded model that answers batches."""

    path: Path
    """The SavedModel folder or `.keras` file that was loaded."""
    ask: Callable[[Array], Array]
    """One batch of inputs, shape (n, …) -> one batch of outputs, shape (n, …), numpy."""

    def predict(self, inputs: Array, batch_size: int = 256) -> Iterator[Array]:
        """Yield the outputs of each batch in turn.

        Parameters
        ----------
        inputs : array, shape (n, …)
        batch_size : >= 1

        Raises
        ------
        InputError : the model does not take such inputs
        """
        tensorflow = load_tensorflow()
        for start in range(0, len(inputs), batch_size):
            try:
                yield self.ask(inputs[start : start + batch_size])
            except (ValueError, TypeError, tensorflow.errors.OpError) as error:
                shape = "x".join(map(str, inputs.shape[1:])) or "one number"
                raise InputError(
                    f"the model {self.path.name} does not take inputs of {shape} {inputs.dtype}",
                    help=str(error).strip().splitlines()[0][:300],
                ) from error


def open_predictor(path: Path) -> Predictor:
    """Load the model at a path: its SavedModel, which is what will be served, else its `.keras` file.

    Raises
    ------
    InputError : there is none, it is damaged, or it may not be loaded
    EnvironmentLacks : TensorFlow is not installed
    """
    folder = find_saved_model(path)
    if folder is not None:
        return predict_saved_model(folder)
    file = find_keras(path)
    if file is None:
        raise no_model(path)
    return predict_keras(file)


def predict_saved_model(folder: Path) -> Predictor:
    """Answer by a SavedModel's default signature, which must have one input and one output."""
    loaded = open_saved_model(folder)
    tensorflow = load_tensorflow()
    signature = loaded.signatures.get(SIGNATURE)
    if signature is None:
        raise InputError(f"the SavedModel {folder} has no signature '{SIGNATURE}'", help="export it again")
    specs = signature.structured_input_signature[1]
    outputs = signature.structured_outputs
    if len(specs) != 1 or len(outputs) != 1:
        raise InputError(
            f"the SavedModel {folder} has {len(specs)} inputs and {len(outputs)} outputs, not one of each"
        )
    (name, spec), (output,) = next(iter(specs.items())), outputs

    def ask(batch: Array) -> Array:
        return signature(**{name: tensorflow.constant(batch, dtype=spec.dtype)})[output].numpy()

    return Predictor(folder, keep(loaded, ask))


def keep(owner: Any, ask: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Bind a model's life to the function that asks it: TensorFlow frees variables nobody holds."""
    ask.__dict__["owner"] = owner
    return ask


def predict_keras(file: Path) -> Predictor:
    """Answer by a Keras model in inference mode."""
    model = open_keras(file)
    tensorflow = load_tensorflow()
    traced = tensorflow.function(lambda batch: model(batch, training=False), reduce_retracing=True)

    def ask(batch: Array) -> Array:
        return traced(tensorflow.constant(batch, dtype=model.inputs[0].dtype)).numpy()

    return Predictor(file, keep(model, ask))
