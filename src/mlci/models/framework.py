"""TensorFlow, imported late: quietly, with its absence told as what to install, and its chance pinned."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlci.errors import EnvironmentLacks


def load_tensorflow() -> Any:
    """Import TensorFlow and return the module.

    Raises
    ------
    EnvironmentLacks : it is not installed
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"]
    with hushed():
        return require("tensorflow", "tensorflow")


@contextmanager
def hushed() -> Iterator[None]:
    """Keep back what native code writes to standard error while it is imported, unless the import fails."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            said.seek(0)
            os.write(2, said.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def load_keras() -> Any:
    """Import Keras on TensorFlow and return the module.

    Raises
    ------
    EnvironmentLacks : it is not installed
    """
    load_tensorflow()
    return require("keras", "tensorflow")


def require(module: str, extra: str) -> Any:
    """Import a package of one of mlci's extras.

    Raises
    ------
    EnvironmentLacks : it is not installed; the help names the extra
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        if error.name and error.name.split(".")[0] != module.split(".")[0]:
            raise EnvironmentLacks(
                f"'{module}' is installed but lacks the package '{error.name}'",
                help=f"pip install 'mlci[{extra}]'",
            ) from error
        raise EnvironmentLacks(
            f"the package '{module}' is needed here", help=f"pip install 'mlci[{extra}]'"
        ) from error


def pin(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, and let every TensorFlow operation be deterministic.

    Parameters
    ----------
    seed : 0 to 2**32 - 1
    """
    keras, tensorflow = load_keras(), load_tensorflow()
    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
