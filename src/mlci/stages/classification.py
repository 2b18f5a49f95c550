"""How well a classifier does: accuracy, loss, precision and recall by class, and the confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlci.errors import InputError
from mlci.stages.arrays import load_numpy
from mlci.stages.summary import table

Array = Any
SMALLEST = 1e-7
"""Probabilities are kept this far from 0 and 1 under the logarithm, as Keras does."""
SHOWN_CLASSES = 20


@dataclass(frozen=True)
class Score:
    """What a classifier did on one data set."""

    accuracy: float
    loss: float
    """Mean cross-entropy, in nats."""
    confusion: Array
    """Counts, shape (classes, classes): row the true class, column the predicted one."""

    @property
    def precision(self) -> list[float]:
        """By class: how many of its predictions are right; 0 when it was never predicted."""
        return shares(self.confusion.diagonal(), self.confusion.sum(axis=0))

    @property
    def recall(self) -> list[float]:
        """By class: how many of its examples are found; 0 when there is none."""
        return shares(self.confusion.diagonal(), self.confusion.sum(axis=1))

    @property
    def metrics(self) -> Mapping[str, float]:
        """All of it by name: accuracy, loss, macro_precision, macro_recall, precision_0, recall_0, …"""
        precision, recall = self.precision, self.recall
        found = {
            "accuracy": self.accuracy,
            "loss": self.loss,
            "macro_precision": sum(precision) / len(precision),
            "macro_recall": sum(recall) / len(recall),
        }
        found.update({f"precision_{label}": value for label, value in enumerate(precision)})
        found.update({f"recall_{label}": value for label, value in enumerate(recall)})
        return found


def shares(parts: Array, wholes: Array) -> list[float]:
    """Return part / whole, 0 where the whole is 0."""
    return [float(part / whole) if whole else 0.0 for part, whole in zip(parts, wholes, strict=True)]


def probabilities(outputs: Array) -> Array:
    """Return a classifier's outputs as probabilities, shape (n, classes).

    Parameters
    ----------
    outputs : shape (n, classes) of probabilities or logits; (n, 1) or (n,) of one probability or logit

    Raises
    ------
    InputError : the shape is no classifier's
    """
    numpy = load_numpy()
    outputs = outputs.astype("float64")
    if outputs.ndim == 1:
        outputs = outputs[:, None]
    if outputs.ndim != 2:
        raise InputError(
            f"the model's outputs have the shape {outputs.shape}; a classifier's have (examples, classes)"
        )
    unit = bool(((outputs >= 0) & (outputs <= 1)).all())
    if outputs.shape[1] == 1:
        positive = outputs if unit else 1 / (1 + numpy.exp(-outputs.clip(-700, 700)))
        return numpy.hstack([1 - positive, positive])
    if unit and numpy.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        return outputs
    shifted = numpy.exp(outputs - outputs.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def score(outputs: Array, labels: Array) -> Score:
    """Score a classifier's outputs against the true classes.

    Parameters
    ----------
    outputs : as `probabilities` takes them
    labels : int, shape (n,), 0 to classes - 1

    Raises
    ------
    InputError : there are labels that the model has no output for, or outputs that are no numbers
    """
    numpy = load_numpy()
    if not numpy.isfinite(outputs).all():
        raise InputError("the model answers NaN or infinity", help="is it trained? `train-check` finds out")
    chances = probabilities(outputs)
    classes = chances.shape[1]
    if labels.max() >= classes:
        raise InputError(f"the data has the class {labels.max()}, the model only {classes} outputs")
    predicted = chances.argmax(axis=1)
    confusion = numpy.zeros((classes, classes), dtype="int64")
    numpy.add.at(confusion, (labels, predicted), 1)
    right = chances[numpy.arange(len(labels)), labels].clip(SMALLEST, 1 - SMALLEST)
    return Score(float((predicted == labels).mean()), float(-numpy.log(right).mean()), confusion)


def describe(found: Score) -> str:
    """Return a score as Markdown: the main numbers, and for few classes the confusion matrix."""
    text = table(("metric", "value"), [("accuracy", f"{found.accuracy:.4f}"), ("loss", f"{found.loss:.4f}")])
    count = len(found.confusion)
    if count > SHOWN_CLASSES:
        return text
    rows = [(label, *row, f"{found.recall[label]:.3f}") for label, row in enumerate(found.confusion.tolist())]
    rows.append(("precision", *(f"{value:.3f}" for value in found.precision), ""))
    matrix = table(("true / predicted", *range(count), "recall"), rows)
    return f"{text}\n{matrix}"
