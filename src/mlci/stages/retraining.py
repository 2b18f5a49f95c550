"""How the deployed model is trained on, measured against itself, and kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

from mlci.deploy.package import KERAS_MODEL
from mlci.errors import InputError, StageError
from mlci.files import write_atomic
from mlci.models.framework import load_keras, pin
from mlci.models.identity import identify
from mlci.models.loading import open_keras
from mlci.stages.arrays import load_numpy, read_pair
from mlci.stages.classification import Score, score
from mlci.stages.contract import Case, Outcome, Work
from mlci.stages.summary import table
from mlci.stages.target import target_of
from mlci.stages.versions import LINEAGE

Array = Any


class Plan(NamedTuple):
    """How to train on and what to compare; the parameters of the stage."""

    target: str
    name: str | None
    metric: Literal["accuracy", "loss"]
    margin: float
    epochs: int
    batch_size: int
    learning_rate: float | None
    x: str
    y: str


def train_on(work: Work, plan: Plan, data: Path, holdout: Path, model: Path) -> Outcome:
    """Train the deployed model on, and write the new one if it is better."""
    inputs, labels = read_pair(data, plan.x, plan.y)
    unseen, truth = read_pair(holdout, plan.x, plan.y)
    pin(work.seed)
    with TemporaryDirectory(prefix="mlci-") as temporary:
        folder = target_of(work, plan.target).fetch(Path(temporary), plan.name)
        keras = folder / KERAS_MODEL
        if not keras.is_file():
            raise InputError(
                f"version {folder.name} in production holds no Keras model to train on",
                help="package a .keras file, or a folder with one beside the SavedModel",
            )
        parent = {"version": int(folder.name), "identity": identify(keras).digest}
        trained = compiled(open_keras(keras), plan.learning_rate)
    before = measure(trained, unseen, truth, plan.batch_size)
    work.say(f"version {parent['version']}: accuracy {before.accuracy:.4f}, loss {before.loss:.4f}")
    history = fit(work, trained, inputs, labels, plan)
    after = measure(trained, unseen, truth, plan.batch_size)
    case = compare(plan, before, after)
    if case.passed:
        save(trained, model, {**parent, "target": plan.target}, history)
    work.say(f"retrained: accuracy {after.accuracy:.4f}, loss {after.loss:.4f}")
    return Outcome(metrics_of(before, after), (case,), summarise(case, before, after))


def compiled(model: Any, learning_rate: float | None) -> Any:
    """Return a model ready to be trained, with another learning rate if one is given.

    Raises
    ------
    InputError : the model was saved without its optimizer and loss
    """
    if not getattr(model, "compiled", False) or model.optimizer is None:
        raise InputError(
            "the deployed model was saved without its optimizer and loss",
            help="call model.compile(...) before model.save(...)",
        )
    if learning_rate is not None:
        model.optimizer.learning_rate = learning_rate
    return model


def fit(work: Work, model: Any, inputs: Array, labels: Array, plan: Plan) -> Any:
    """Train a model; inputs and labels are shuffled together. Returns the history by metric.

    Raises
    ------
    InputError : the data does not fit the model
    StageError : the loss became NaN
    """
    numpy = load_numpy()
    order = numpy.random.default_rng(work.seed).permutation(len(labels))
    inputs, labels = inputs[order], labels[order]
    keras = load_keras()
    tell = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: work.say(
            f"epoch {epoch + 1} of {plan.epochs}: loss {logs['loss']:.4f}"
        )
    )
    stop = keras.callbacks.TerminateOnNaN()
    try:
        held = model.fit(inputs, labels, plan.batch_size, plan.epochs, verbose=0, callbacks=[tell, stop])
    except (ValueError, TypeError) as error:
        first = str(error).strip().splitlines()[0]
        raise InputError(f"the data does not fit the deployed model: {first[:300]}") from error
    history = {name: [float(value) for value in values] for name, values in held.history.items()}
    if not numpy.isfinite(history["loss"]).all():
        raise StageError("the loss became NaN while retraining; the deployed model stays")
    return history


def measure(model: Any, inputs: Array, labels: Array, batch_size: int) -> Score:
    """Score a model on held-out data."""
    numpy = load_numpy()
    size = max(batch_size, 256)
    batches = [model(inputs[at : at + size], training=False).numpy() for at in range(0, len(inputs), size)]
    return score(numpy.concatenate(batches), labels)


def compare(plan: Plan, before: Score, after: Score) -> Case:
    """Return the case of the comparison: better, and by more than the margin."""
    old, new = before.metrics[plan.metric], after.metrics[plan.metric]
    gain = new - old if plan.metric == "accuracy" else old - new
    asked = f" by more than {plan.margin:g}" if plan.margin else ""
    message = f"{plan.metric} went from {old:.4f} to {new:.4f}; the deployed model stays"
    return Case(f"{plan.metric} beats the deployed model's{asked}", gain > plan.margin, message)


def save(model: Any, folder: Path, lineage: dict[str, Any], history: Any) -> None:
    """Write the model, its history and where it comes from, in place of the model that the folder held."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / ".retrained.keras"
    model.save(fresh)
    for name in ("variables", "assets"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for old in (*folder.glob("*.keras"), folder / "saved_model.pb", folder / "fingerprint.pb"):
        if old != fresh:
            old.unlink(missing_ok=True)
    fresh.replace(folder / "model.keras")
    write_atomic(folder / "history.json", json.dumps(history, indent=2) + "\n")
    write_atomic(folder / LINEAGE, json.dumps(lineage, indent=2, sort_keys=True) + "\n")


def metrics_of(before: Score, after: Score) -> dict[str, float]:
    """Return both models' accuracy and loss."""
    return {
        "accuracy": after.accuracy,
        "loss": after.loss,
        "deployed_accuracy": before.accuracy,
        "deployed_loss": before.loss,
    }


def summarise(case: Case, before: Score, after: Score) -> str:
    """Return the comparison as Markdown."""
    rows = [
        ("accuracy", f"{before.accuracy:.4f}", f"{after.accuracy:.4f}"),
        ("loss", f"{before.loss:.4f}", f"{after.loss:.4f}"),
    ]
    verdict = "The new model is better." if case.passed else "The new model is not better; nothing changes."
    return f"### Retraining\n\n{verdict}\n\n{table(('metric', 'deployed', 'retrained'), rows)}"
