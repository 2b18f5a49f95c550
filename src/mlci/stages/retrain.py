"""The stage `retrain`: the deployed model trained on, kept only when it got better."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from mlci.deploy import target_of
from mlci.deploy.package import KERAS_MODEL
from mlci.errors import InputError, StageError
from mlci.files import write_atomic
from mlci.models.framework import load_keras, pin
from mlci.models.identity import identify
from mlci.models.loading import open_keras
from mlci.stages.arrays import load_numpy, read_pair
from mlci.stages.classification import Score, score
from mlci.stages.contract import Case, InputPath, Outcome, OutputPath, TargetName, Work
from mlci.stages.summary import table
from mlci.stages.versions import LINEAGE

Array = Any


def retrain(
    work: Work,
    *,
    target: TargetName,
    data: InputPath,
    holdout: InputPath,
    model: OutputPath = Path("model"),
    name: str | None = None,
    metric: Literal["accuracy", "loss"] = "accuracy",
    margin: float = 0.0,
    epochs: int = 1,
    batch_size: int = 32,
    learning_rate: float | None = None,
    x: str = "x",
    y: str = "y",
) -> Outcome:
    """Train the deployed model on, and fail unless the new one beats it on the same held-out data.

    When it does, the folder `model` holds model.keras, history.json and lineage.json, from which the package
    stage takes the next version. When it does not, no model is written, so nothing can be deployed.

    Parameters
    ----------
    target : the target whose model in production is the start, and the one to beat
    data : an .npz file of inputs and class numbers to train on
    holdout : an .npz file of others, which neither model has seen
    model : the folder to write the new model to
    name : the model's name, where the target holds several
    metric : what is compared; a higher accuracy or a lower loss is better
    margin : by how much the new model must be better
    epochs : how often the data is gone through
    batch_size : how many examples a step takes
    learning_rate : the optimizer's, from here on; the deployed model's own when not given
    x : the name of the inputs in both files
    y : the name of the class numbers in both files

    Raises
    ------
    InputError : nothing is deployed, it cannot be trained on, or the data does not fit it
    """
    if epochs < 1 or batch_size < 1 or margin < 0 or (learning_rate is not None and learning_rate <= 0):
        raise InputError("'epochs' and 'batch_size' must be 1 or more, 'margin' 0 or more, the rate above 0")
    inputs, labels = read_pair(data, x, y)
    unseen, truth = read_pair(holdout, x, y)
    pin(work.seed)
    with TemporaryDirectory(prefix="mlci-") as temporary:
        folder = target_of(work, target).fetch(Path(temporary), name)
        keras = folder / KERAS_MODEL
        if not keras.is_file():
            raise InputError(
                f"version {folder.name} in production holds no Keras model to train on",
                help="package a .keras file, or a folder with one beside the SavedModel",
            )
        parent = {"version": int(folder.name), "identity": identify(keras).digest}
        trained = compiled(open_keras(keras), learning_rate)
    before = measure(trained, unseen, truth, batch_size)
    work.say(f"version {parent['version']}: accuracy {before.accuracy:.4f}, loss {before.loss:.4f}")
    history = fit(work, trained, inputs, labels, epochs, batch_size)
    after = measure(trained, unseen, truth, batch_size)
    case = compare(metric, margin, before, after)
    if case.passed:
        save(trained, model, {**parent, "target": target}, history)
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


def fit(work: Work, model: Any, inputs: Array, labels: Array, epochs: int, batch_size: int) -> Any:
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
        on_epoch_end=lambda epoch, logs: work.say(f"epoch {epoch + 1} of {epochs}: loss {logs['loss']:.4f}")
    )
    stop = keras.callbacks.TerminateOnNaN()
    try:
        held = model.fit(inputs, labels, batch_size, epochs, verbose=0, callbacks=[tell, stop])
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


def compare(metric: str, margin: float, before: Score, after: Score) -> Case:
    """Return the case of the comparison: better, and by more than the margin."""
    old, new = before.metrics[metric], after.metrics[metric]
    gain = new - old if metric == "accuracy" else old - new
    asked = f" by more than {margin:g}" if margin else ""
    message = f"{metric} went from {old:.4f} to {new:.4f}; the deployed model stays"
    return Case(f"{metric} beats the deployed model's{asked}", gain > margin, message)


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
