"""Loading models that may come from outside: checked first, and never with more trust than they need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlci.errors import InputError
from mlci.models.framework import load_keras, load_tensorflow
from mlci.models.safety import check_keras, check_saved_model


def open_keras(path: Path) -> Any:
    """Load a `.keras` file and return the Keras model.

    Raises
    ------
    InputError : it is no `.keras` file, or brings code along
    EnvironmentLacks : TensorFlow is not installed
    """
    check_keras(path)
    keras = load_keras()
    try:
        return keras.models.load_model(path, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError, AttributeError, NotImplementedError) as error:
        raise unloadable(path, error) from error


def open_saved_model(folder: Path) -> Any:
    """Load a SavedModel folder and return TensorFlow's object; its `signatures` are what it can be asked.

    Raises
    ------
    InputError : it is no SavedModel, is damaged, or holds an operation that reaches outside the model
    EnvironmentLacks : TensorFlow is not installed
    """
    check_saved_model(folder)
    tensorflow = load_tensorflow()
    try:
        return tensorflow.saved_model.load(str(folder))
    except (ValueError, TypeError, KeyError, OSError, AttributeError, tensorflow.errors.OpError) as error:
        raise unloadable(folder, error) from error


def unloadable(path: Path, error: Exception) -> InputError:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return InputError(f"the model {path} does not load: {first}", help="save or export it again")


def find_keras(path: Path) -> Path | None:
    """Return the `.keras` file at a path, in a folder, or in a SavedModel's `assets.extra`; None without one.

    Raises
    ------
    InputError : the folder holds more than one
    """
    if path.is_file():
        return path if path.suffix == ".keras" else None
    found = sorted({*path.glob("*.keras"), *path.glob("assets.extra/*.keras")})
    if len(found) > 1:
        names = ", ".join(file.name for file in found)
        raise InputError(f"{path} holds more than one model: {names}", help="name one of them")
    return found[0] if found else None


def find_saved_model(path: Path) -> Path | None:
    """Return the SavedModel folder at a path or directly below it; None without one.

    Raises
    ------
    InputError : the folder holds more than one
    """
    if (path / "saved_model.pb").is_file():
        return path
    found = sorted(file.parent for file in path.glob("*/saved_model.pb")) if path.is_dir() else []
    if len(found) > 1:
        names = ", ".join(folder.name for folder in found)
        raise InputError(f"{path} holds more than one SavedModel: {names}", help="name one of them")
    return found[0] if found else None


def no_model(path: Path) -> InputError:
    """Return the error for a path without a model."""
    if not path.exists():
        return InputError(f"there is no model at {path}", help="does a stage before this one make it?")
    return InputError(
        f"{path} holds neither a SavedModel nor a .keras file",
        help="save it with model.save('model.keras') or model.export('model')",
    )
