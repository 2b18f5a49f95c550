"""The stage `package`: a model made ready to be served."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mlci.stages.contract import InputPath, Outcome, OutputPath, Work


def package(
    work: Work,
    *,
    model: InputPath,
    name: str = "model",
    version: int | Literal["commit", "time"] = "commit",
    blessing: InputPath | None = None,
    dist: OutputPath = Path("dist"),
) -> Outcome:
    """Pack a model as NAME-VERSION.tar with a manifest: what TensorFlow Serving serves, and what it is.

    A .keras file is exported as a SavedModel and goes along, so that the deployed model can be trained on.
    A model without one can be served but not retrained. With a blessing, only the model that it blesses is
    packed.

    Parameters
    ----------
    model : a SavedModel folder, a .keras file, or a folder that holds one or both
    name : the model's name, as it is served
    version : a number; "commit" for the commit's time, which grows and is the same on every vendor; "time"
        for now. A retrained model gets at least the number after the one it started from
    blessing : the JSON file that `evaluate` wrote for this model
    dist : the folder to write the archive and manifest.json to

    Raises
    ------
    InputError : there is no model, it may not be loaded, its two formats differ, or the blessing is missing
    """
    from mlci.stages import packing

    return packing.pack(work, model, name, version, blessing, dist)
