"""The stage `retrain`: the deployed model trained on, kept only when it got better."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mlci.errors import InputError
from mlci.stages.contract import InputPath, Outcome, OutputPath, TargetName, Work

CACHED = False
"""What is out there may have changed, whatever the inputs."""


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
    from mlci.stages.retraining import Plan, train_on

    plan = Plan(target, name, metric, margin, epochs, batch_size, learning_rate, x, y)
    return train_on(work, plan, data, holdout, model)
